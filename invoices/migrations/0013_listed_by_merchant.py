from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes for what lists page through."""

    dependencies = [("invoices", "0012_credits")]

    operations = [
        migrations.RemoveIndex(model_name="invoice", name="invoice_in_trouble"),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                fields=["merchant", "delivery", "status", "id"],
                condition=models.Q(("delivery__in", ["REJECTED", "UNKNOWN", "PARKED"])),
                name="invoice_in_trouble",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                fields=["merchant", "transaction_token"],
                condition=models.Q(("transaction_token__isnull", False)),
                name="payment_by_transaction",
            ),
        ),
        migrations.AddIndex(
            model_name="deliveryattempt",
            index=models.Index(fields=["merchant", "id"], name="delivery_attempt_listed"),
        ),
        migrations.AddIndex(
            model_name="enquiry",
            index=models.Index(fields=["merchant", "id"], name="enquiry_listed"),
        ),
        migrations.AddIndex(
            model_name="gatewaycallback",
            index=models.Index(fields=["merchant", "id"], name="callback_listed"),
        ),
        migrations.AddIndex(
            model_name="receiptemail",
            index=models.Index(fields=["merchant", "id"], name="receipt_email_listed"),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(fields=["merchant", "id"], name="reminder_listed"),
        ),
    ]
