from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("invoices", "0005_customer_pages")]

    operations = [
        migrations.AddField("invoice", "renewed_on", models.DateField(editable=False, null=True)),
        migrations.AddField(
            "invoice",
            "held_back_at",
            models.DateTimeField(editable=False, null=True, verbose_name="its successor held back"),
        ),
        migrations.AddIndex(
            "invoice",
            models.Index(
                fields=["merchant", "renewed_on"], condition=Q(renewed_on__isnull=False), name="invoice_renewed"
            ),
        ),
        migrations.AddIndex(
            "invoice",
            models.Index(fields=["merchant"], condition=Q(held_back_at__isnull=False), name="invoice_held_back"),
        ),
    ]
