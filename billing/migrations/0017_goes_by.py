from django.db import migrations, models


class Migration(migrations.Migration):
    """Lists by what the next invoice goes by: the few bills and customers with a channel of their own."""

    dependencies = [("billing", "0016_owed_by_customer")]

    operations = [
        migrations.AddIndex(
            model_name="bill",
            index=models.Index(
                condition=models.Q(("status", "PENDING"), models.Q(("channel", ""), _negated=True)),
                fields=["merchant", "channel", "id"],
                name="bill_of_own_channel",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("channel", ""), _negated=True),
                fields=["merchant", "channel"],
                name="customer_of_own_channel",
            ),
        ),
    ]
