import django.db.models.deletion
from django.db import migrations, models

import billing.fields

_TABLES = ("invoices_invoice",)


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
        ("billing", "0009_lists"),
        ("invoices", "0008_search"),
        ("subscriptions", "0004_lists"),
    ]

    operations = [
        migrations.CreateModel(
            name="FiguresCount",
            fields=[
                (
                    "merchant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="figures_count",
                        serialize=False,
                        to="billing.merchant",
                    ),
                ),
                ("counted_at", models.DateTimeField()),
                ("on_date", models.DateField()),
                ("months_counted_at", models.DateTimeField()),
                ("last_event_id", models.BigIntegerField()),
                ("open_rows", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="MonthFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("kind", models.CharField(choices=[("BILLED", "Billed"), ("COLLECTED", "Collected")], max_length=9)),
                ("method", models.CharField(blank=True, max_length=8)),
                ("channel", models.CharField(blank=True, max_length=8)),
                (
                    "currency",
                    models.CharField(
                        choices=[
                            ("JOD", "Jordanian dinar"),
                            ("KWD", "Kuwaiti dinar"),
                            ("BHD", "Bahraini dinar"),
                            ("OMR", "Omani rial"),
                            ("SAR", "Saudi riyal"),
                            ("AED", "UAE dirham"),
                            ("QAR", "Qatari riyal"),
                        ],
                        max_length=3,
                    ),
                ),
                ("count", models.PositiveIntegerField()),
                ("amount", billing.fields.MoneyField()),
                (
                    "merchant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.merchant",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "month", "kind", "method", "channel", "currency"),
                        name="month_figure_is_kept_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OpenFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        choices=[
                            ("OVERDUE_BILLS", "Overdue bills"),
                            ("OVERDUE_INSTALLMENTS", "Overdue installments"),
                            ("BILLS_OF_WEEK", "Bills due within 7 days"),
                            ("INSTALLMENTS_OF_WEEK", "Installments due within 7 days"),
                            ("REFUSED", "Invoices the gateway refused"),
                            ("UNKNOWN", "Invoices whose outcome is unknown"),
                            ("PARKED", "Parked invoices"),
                            ("HELD_BACK", "New links held back"),
                            ("TO_REVIEW", "Payments to review"),
                            ("MISSED", "Missed periods to approve"),
                            ("BILLS_PROMISED", "Bills with a broken promise"),
                            ("INSTALLMENTS_PROMISED", "Installments with a broken promise"),
                            ("TO_REMIND", "Reminders to send by WhatsApp"),
                            ("WRONG_PHONE", "Customers whose phone somebody else answered"),
                            ("RECEIPTS_UNKNOWN", "Receipts whose outcome is unknown"),
                            ("NOT_DUE", "Not due yet"),
                            ("LATE_30", "1 to 30 days late"),
                            ("LATE_60", "31 to 60 days late"),
                            ("LATE_90", "61 to 90 days late"),
                            ("LATE_LONGER", "More than 90 days late"),
                        ],
                        max_length=21,
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("JOD", "Jordanian dinar"),
                            ("KWD", "Kuwaiti dinar"),
                            ("BHD", "Bahraini dinar"),
                            ("OMR", "Omani rial"),
                            ("SAR", "Saudi riyal"),
                            ("AED", "UAE dirham"),
                            ("QAR", "Qatari riyal"),
                        ],
                        max_length=3,
                    ),
                ),
                ("count", models.PositiveIntegerField()),
                ("amount", billing.fields.MoneyField()),
                (
                    "merchant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.merchant",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "name", "currency"), name="open_figure_is_kept_once")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["merchant", "id"], name="invoice_listed"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["merchant", "status", "id"], name="invoice_listed_by_status"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("delivery__in", ["REJECTED", "UNKNOWN", "PARKED"]), ("status", "OPEN")),
                fields=["merchant", "delivery", "id"],
                name="invoice_in_trouble",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["merchant", "received_at", "id"], name="payment_listed"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("review_reason", ""), _negated=True),
                fields=["merchant", "id"],
                name="payment_to_review",
            ),
        ),
        migrations.RunPython(add_day_summaries, drop_day_summaries),
    ]
