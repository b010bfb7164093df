from django.db import migrations, models


class Migration(migrations.Migration):
    """What customers owe is added up from this index alone; only bills that are still open are in it."""

    dependencies = [("billing", "0015_bills_by_service")]

    operations = [
        migrations.AddIndex(
            model_name="bill",
            index=models.Index(
                condition=models.Q(("status", "PENDING")),
                fields=["merchant", "customer", "due_date", "currency", "amount", "amount_paid"],
                name="bill_owed_by_customer",
            ),
        ),
    ]
