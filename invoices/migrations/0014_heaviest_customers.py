from django.db import migrations, models


class Migration(migrations.Migration):
    """Whom to call is looked for among those who were the heaviest when home was counted."""

    dependencies = [("invoices", "0013_listed_by_merchant")]

    operations = [
        migrations.AddField(
            model_name="figurescount", name="heaviest_customers", field=models.JSONField(null=True)
        ),
    ]
