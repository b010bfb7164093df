"""The faults page: switches for people, and the last calls."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from invoices.sandbox.fault_orders import InvalidFaultOrder, carry_out_fault_order
from invoices.sandbox.fault_pages import read_fault_page
from invoices.sandbox.faults import switch_all_off, switch_off


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def faults(request: HttpRequest) -> HttpResponse:
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            _carry_out(request)
        except InvalidFaultOrder as error:
            errors = error.errors
        else:
            return redirect("sandbox:faults")
    page = read_fault_page(chosen=request.POST, errors=errors)
    return render(request, "sandbox/faults.html", {"page": page}, status=400 if errors else 200)


def _carry_out(request: HttpRequest) -> None:
    fault_id = request.POST.get("off", "")
    if fault_id == "all":
        switch_all_off()
    elif fault_id.isascii() and fault_id.isdigit() and len(fault_id) <= 18:
        switch_off(fault_id=int(fault_id))
    else:
        carry_out_fault_order(request.POST)
