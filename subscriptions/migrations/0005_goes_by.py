from django.db import migrations, models


class Migration(migrations.Migration):
    """The list by what the next invoice goes by: the few subscriptions with a channel of their own."""

    dependencies = [("subscriptions", "0004_lists")]

    operations = [
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(("channel", ""), _negated=True),
                fields=["merchant", "channel", "id"],
                name="subscription_of_own_channel",
            ),
        ),
    ]
