import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Two rows of one person become one; a person's data can be forgotten."""

    dependencies = [("billing", "0012_job_approvals")]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="merged_into",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="former_numbers",
                to="billing.customer",
                verbose_name="merged into",
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="forgotten_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="forgotten"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["merged_into"],
                name="customer_former_numbers",
            ),
        ),
    ]
