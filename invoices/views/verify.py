"""Where the QR of a receipt leads: whether it is genuine."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import override
from django.views.decorators.http import require_safe

from invoices.documents.receipt import receipt_facts
from invoices.documents.receipt_codes import InvalidCode, read_receipt_code
from invoices.documents.wordings import GENUINE, GENUINE_BUT_REFUNDED
from invoices.models import Payment
from invoices.pages.languages import choose_language
from invoices.pages.responses import customer_page, render_page, unknown_link_page


@require_safe
@customer_page
def verify(request: HttpRequest, username: str, code: str = "") -> HttpResponse:
    """Exactly what the receipt shows; a wrong code is refused before the database is asked."""
    try:
        payment_id = read_receipt_code(code.removesuffix("/"), username=username, key=settings.PAYMENT_LINK_KEY)
    except InvalidCode:
        return unknown_link_page(request)
    related = ("merchant", "bill", "installment__subscription")
    payments = Payment.objects.select_related(*related).exclude(receipt_no=None)
    payment = payments.filter(pk=payment_id, merchant__username=username).first()
    if payment is None:
        return unknown_link_page(request)
    language = choose_language(request, merchant=payment.merchant.language)
    with override(language):
        receipt = receipt_facts(payment, language=language, in_full=False)
    wording = GENUINE_BUT_REFUNDED if receipt.refunded else GENUINE
    context = {"receipt": receipt, "wording": wording, "merchant_name": payment.merchant.name_in(language)}
    return render_page("pages/verify.html", context, language=language)
