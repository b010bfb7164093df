from django.db import migrations, models


class Migration(migrations.Migration):
    """The list by the channel that each invoice was sent by."""

    dependencies = [("invoices", "0015_figures_of_statements")]

    operations = [
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["merchant", "channel", "id", "status"], name="invoice_listed_by_channel"),
        ),
    ]
