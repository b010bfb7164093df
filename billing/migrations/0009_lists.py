from django.db import migrations, models

_COLUMNS = {"billing_bill": "created_at", "billing_event": "occurred_at"}


# Rows are written in the order of their creation: "created today" is found by a summary of the table's blocks, which
# costs a write nothing. SQLite has no such index, and needs none.
def add_day_summaries(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table, column in _COLUMNS.items():
            schema_editor.execute(
                f"CREATE INDEX {table}_created ON {table} USING brin ({column}) WITH (autosummarize = on)"
            )


def drop_day_summaries(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in _COLUMNS:
            schema_editor.execute(f"DROP INDEX IF EXISTS {table}_created")


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0008_imports"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="bill",
            index=models.Index(fields=["merchant", "id"], name="bill_listed"),
        ),
        migrations.AddIndex(
            model_name="bill",
            index=models.Index(fields=["merchant", "status", "id"], name="bill_listed_by_status"),
        ),
        migrations.AddIndex(
            model_name="bill",
            index=models.Index(
                condition=models.Q(("status", "PENDING")),
                fields=["merchant", "due_date", "id"],
                name="bill_owed_by_day",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["merchant", "id"], name="customer_listed"),
        ),
        migrations.AddIndex(
            model_name="bill",
            index=models.Index(
                condition=models.Q(("promised_until__isnull", False)),
                fields=["merchant", "promised_until"],
                name="bill_promised",
            ),
        ),
        migrations.RunPython(add_day_summaries, drop_day_summaries),
    ]
