from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0003_next_channel"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="reminderstep",
            options={
                "ordering": ["merchant", "days"],
                "verbose_name": "reminder step",
                "verbose_name_plural": "reminder steps",
            },
        ),
        migrations.AlterField(
            model_name="reminder",
            name="status",
            field=models.CharField(
                choices=[
                    ("CLAIMED", "Being sent"),
                    ("SENT", "Sent"),
                    ("TO_DO", "To be sent"),
                    ("NOT_SENT", "Not sent"),
                    ("UNKNOWN", "Outcome unknown"),
                ],
                default="CLAIMED",
                max_length=8,
                verbose_name="status",
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("delivery", "SENT"), ("status__in", ["OPEN", "EXPIRED"])),
                fields=["merchant", "due_date", "id"],
                name="invoice_to_remind_of",
            ),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(condition=models.Q(("status", "TO_DO")), fields=["merchant", "id"], name="reminder_to_do"),
        ),
    ]
