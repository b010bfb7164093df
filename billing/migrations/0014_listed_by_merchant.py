from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes for what lists page through."""

    dependencies = [("billing", "0013_merged_customers")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["merchant", "id"], name="event_listed"),
        ),
    ]
