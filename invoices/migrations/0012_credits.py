import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import billing.fields


class Migration(migrations.Migration):
    """What was paid too much settles something else of the same customer; an owner without colleagues approves alone."""

    dependencies = [
        ("billing", "0012_job_approvals"),
        ("invoices", "0011_gateway_statements"),
        ("subscriptions", "0004_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Credit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", billing.fields.MoneyField(verbose_name="amount")),
                (
                    "status",
                    models.CharField(
                        choices=[("REQUESTED", "Waits for approval"), ("DONE", "Used"), ("REJECTED", "Rejected")],
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("needs_second_person", models.BooleanField(verbose_name="needs a second person")),
                (
                    "approved_alone",
                    models.BooleanField(db_default=False, default=False, verbose_name="approved alone"),
                ),
                ("requested_at", models.DateTimeField(verbose_name="requested")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                (
                    "bill",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credits",
                        to="billing.bill",
                        verbose_name="bill",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "installment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credits",
                        to="subscriptions.installment",
                        verbose_name="installment",
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credits",
                        to="billing.merchant",
                        verbose_name="merchant",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credits",
                        to="invoices.payment",
                        verbose_name="payment",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="requested by",
                    ),
                ),
            ],
            options={
                "verbose_name": "credit",
                "verbose_name_plural": "credits",
                "indexes": [models.Index(fields=["merchant", "status", "id"], name="credit_by_status")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="credit_amount_is_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("bill__isnull", False), ("installment", None)),
                            models.Q(("bill", None), ("installment__isnull", False)),
                            _connector="OR",
                        ),
                        name="credit_is_for_one_bill_or_installment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", None), ("status", "REQUESTED")),
                            models.Q(
                                models.Q(("status", "REQUESTED"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="credit_is_decided_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("needs_second_person", False),
                            ("approved_alone", True),
                            ("status__in", ["REQUESTED", "REJECTED"]),
                            models.Q(("decided_by", models.F("requested_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="credit_is_approved_by_a_second_person",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="refund",
            name="approved_alone",
            field=models.BooleanField(db_default=False, default=False, verbose_name="approved alone"),
        ),
        migrations.RemoveConstraint(model_name="refund", name="refund_is_approved_by_a_second_person"),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("needs_second_person", False),
                    ("approved_alone", True),
                    ("status__in", ["REQUESTED", "REJECTED"]),
                    models.Q(("decided_by", models.F("requested_by")), _negated=True),
                    _connector="OR",
                ),
                name="refund_is_approved_by_a_second_person",
            ),
        ),
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
