"""Starting afresh."""

from __future__ import annotations

from django.db import transaction

from invoices.sandbox.models import SandboxCall, SandboxFault, SandboxInvoice


@transaction.atomic
def forget_everything() -> None:
    """Remove faults, the log and all invoices with their messages and transactions. Accounts stay."""
    SandboxFault.objects.all().delete()
    SandboxCall.objects.all().delete()
    SandboxInvoice.objects.all().delete()
