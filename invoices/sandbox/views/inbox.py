"""The inbox: what the customers' phones show."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from invoices.sandbox.inbox_pages import read_inbox_page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return redirect("sandbox:inbox")


@never_cache
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    return render(request, "sandbox/inbox.html", {"page": read_inbox_page(request.GET)})
