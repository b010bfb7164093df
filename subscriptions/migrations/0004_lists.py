from django.db import migrations, models

_TABLES = ("subscriptions_subscription",)


# Rows are written in the order of their creation: "created today" is found by a summary of the table's blocks, which
# costs a write nothing. SQLite has no such index, and needs none.
def add_day_summaries(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in _TABLES:
            schema_editor.execute(
                f"CREATE INDEX {table}_created ON {table} USING brin (created_at) WITH (autosummarize = on)"
            )


def drop_day_summaries(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in _TABLES:
            schema_editor.execute(f"DROP INDEX IF EXISTS {table}_created")


class Migration(migrations.Migration):
    dependencies = [
        ("subscriptions", "0003_search"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(fields=["merchant", "id"], name="subscription_listed"),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(fields=["merchant", "status", "id"], name="subscription_listed_by_status"),
        ),
        migrations.AddIndex(
            model_name="installment",
            index=models.Index(fields=["merchant", "due_date", "id"], name="installment_listed"),
        ),
        migrations.AddIndex(
            model_name="installment",
            index=models.Index(fields=["merchant", "status", "due_date", "id"], name="installment_listed_by_status"),
        ),
        migrations.AddIndex(
            model_name="installment",
            index=models.Index(
                condition=models.Q(("promised_until__isnull", False)),
                fields=["merchant", "promised_until"],
                name="installment_promised",
            ),
        ),
        migrations.RunPython(add_day_summaries, drop_day_summaries),
    ]
