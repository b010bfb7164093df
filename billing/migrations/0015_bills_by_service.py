from django.db import migrations, models


class Migration(migrations.Migration):
    """The index of the list's filter by service: few services have many bills, so it is small."""

    dependencies = [("billing", "0014_listed_by_merchant")]

    operations = [
        migrations.AddIndex(
            model_name="bill",
            index=models.Index(fields=["merchant", "service_type"], name="bill_of_service"),
        ),
    ]
