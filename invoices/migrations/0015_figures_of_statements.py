from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("invoices", "0014_heaviest_customers")]

    operations: list[migrations.operations.base.Operation] = [
        migrations.AlterField(
            model_name="openfigure",
            name="name",
            field=models.CharField(
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
                    ("REFUNDS_TO_APPROVE", "Refunds to approve"),
                    ("REFUNDS_TO_PAY_OUT", "Refunds to pay out"),
                    ("CREDITS_TO_APPROVE", "Credits to approve"),
                    ("JOBS_TO_APPROVE", "Jobs to approve"),
                    ("MISSED", "Missed periods to approve"),
                    ("BILLS_PROMISED", "Bills with a broken promise"),
                    ("INSTALLMENTS_PROMISED", "Installments with a broken promise"),
                    ("TO_REMIND", "Reminders to send by WhatsApp"),
                    ("WRONG_PHONE", "Customers whose phone somebody else answered"),
                    ("RECEIPTS_UNKNOWN", "Receipts whose outcome is unknown"),
                    ("LINES_UNKNOWN", "Statement lines unknown to us"),
                    ("LINES_AMOUNT_DIFFERS", "Statement lines whose amount differs"),
                    ("LINES_NET_DIFFERS", "Statement lines that do not add up"),
                    ("PAYMENTS_LEFT_OUT", "Payments that a statement leaves out"),
                    ("NOT_DUE", "Not due yet"),
                    ("LATE_30", "1 to 30 days late"),
                    ("LATE_60", "31 to 60 days late"),
                    ("LATE_90", "61 to 90 days late"),
                    ("LATE_LONGER", "More than 90 days late"),
                ],
                max_length=21,
            ),
        ),
    ]
