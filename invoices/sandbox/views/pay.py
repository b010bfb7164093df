"""The pay page, where a customer's link leads."""

from __future__ import annotations

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from invoices.sandbox.callbacks import origin_of
from invoices.sandbox.checkouts import check_out_declining, check_out_paying
from invoices.sandbox.models import SandboxInvoice
from invoices.sandbox.pay_pages import read_pay_page
from invoices.sandbox.payments import NotPayable

CHECKOUTS = {"pay": check_out_paying, "decline": check_out_declining}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, token: str) -> HttpResponseBase:
    return _check_out(request, token) if request.method == "POST" else _show(request, token)


def _show(request: HttpRequest, token: str) -> HttpResponseBase:
    SandboxInvoice.objects.filter(token=token).count_visit()
    page = read_pay_page(token=token, today=timezone.now().date())

    def show(request: HttpRequest) -> HttpResponse:
        return render(request, "sandbox/pay.html", {"page": page}, status=200 if page.is_known else 404)

    # The buttons' answer leads to the return URL, on another origin perhaps; form-action covers redirects.
    origin = origin_of(page.return_url)
    response: HttpResponseBase = csp_update({"form-action": [origin] if origin else []})(show)(request)
    return response


def _check_out(request: HttpRequest, token: str) -> HttpResponse:
    checkout = CHECKOUTS.get(request.POST.get("choice", ""))
    if checkout is None:
        return HttpResponse("Choose pay or decline.", status=400, content_type="text/plain")
    try:
        address = checkout(token=token, now=timezone.now())
    except NotPayable:
        address = ""
    # Nowhere to go: the page itself shows what became of the invoice.
    return HttpResponseRedirect(address or request.path)
