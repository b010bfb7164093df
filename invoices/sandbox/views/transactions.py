"""The payment gateway's enquiry: `api/transaction/…`, plain JSON."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_GET

from invoices.sandbox.answers import Answer, not_found
from invoices.sandbox.invoice_shapes import transaction_shape
from invoices.sandbox.merchant_calls import MerchantCall, answer_merchant
from invoices.sandbox.models import Operation, SandboxAccount, SandboxTransaction


@require_GET
def transaction(request: HttpRequest, key: str) -> HttpResponseBase:
    """By its token, or with `isOrderReference=1` by the invoice's reference."""
    return answer_merchant(request, lambda call: _show(call, key), operation=Operation.ENQUIRE, is_sealed=False)


def _show(call: MerchantCall, key: str) -> Answer:
    by_reference = call.request.GET.get("isOrderReference") == "1"
    matching = Q(invoice__reference_number=key) if by_reference else Q(token=key)
    found = _find_best(call.account, matching)
    if found is None:
        raise not_found("Transaction not found", is_encrypted=False)
    return Answer(envelope={"status": True, "data": transaction_shape(found)}, is_encrypted=False)


def _find_best(account: SandboxAccount, matching: Q) -> SandboxTransaction | None:
    """Of several tries the one that succeeded, else the latest."""
    tries = SandboxTransaction.objects.filter(matching, invoice__account=account).select_related("invoice")
    successful = tries.filter(status=SandboxTransaction.Status.SUCCESSFUL)
    return successful.order_by("-pk").first() or tries.order_by("-pk").first()
