"""What the office opens: every list there is, the ways into the long ones, searches, pages, and what customers see."""

from __future__ import annotations

from typing import Any, Final

_BILLS, _INVOICES, _PAYMENTS = "/admin/billing/bill/", "/admin/invoices/invoice/", "/admin/invoices/payment/"
_CUSTOMERS, _INSTALLMENTS = "/admin/billing/customer/", "/admin/subscriptions/installment/"
_SUBSCRIPTIONS, _SEARCH = "/admin/subscriptions/subscription/", "/admin/search/?s="
_HOSTILE: Final = {
    "percent": "%25",
    "underscore": "_",
    "percents": "%25" * 30,
    "ten thousand letters": "a" * 10_000,
    "ten thousand words": "ab+" * 3_333,
    "quotes": "%27%22%5C%00",
    "Arabic with its signs": "فَاطِمَة+الزُّعْبِيّ",
    "two letters of many": "ah",
    "digits of many": "0777",
}


def all_lists() -> dict[str, str]:
    from django.contrib import admin
    from django.urls import reverse

    metas = sorted((model._meta for model in admin.site._registry), key=lambda meta: meta.label)
    return {f"list: {meta.label}": reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist") for meta in metas}


def searches() -> dict[str, str]:
    """None may take a second, whatever is typed."""
    places = {"box": _SEARCH, "bills": f"{_BILLS}?q=", "customers": f"{_CUSTOMERS}?q="}
    places |= {"plans": f"{_SUBSCRIPTIONS}?q=", "invoices": f"{_INVOICES}?q=", "payments": f"{_PAYMENTS}?q="}
    return {
        f"hostile: {place}, {name}": address + text
        for place, address in places.items()
        for name, text in _HOSTILE.items()
    }


def ways_in() -> dict[str, str]:
    bill, customer, invoice, plan = _rows()
    name = customer.name.split()[-1]
    return {
        "home": "/admin/",
        "bills, deep": f"{_BILLS}?before={bill.pk}",
        "bills, back": f"{_BILLS}?after={bill.pk}",
        "bills, pending": f"{_BILLS}?status=PENDING",
        "bills, cancelled": f"{_BILLS}?status=CANCELLED",
        "bills, overdue": f"{_BILLS}?due=overdue",
        "bills, on the tab of what is overdue": f"{_BILLS}?status=OVERDUE",
        "bills, by service": f"{_BILLS}?service_type=Nothing",
        "bills, by amount": f"{_BILLS}?amount_from=50&amount_to=60",
        "customers, owing": f"{_CUSTOMERS}?owes=something",
        "customers, overdue": f"{_CUSTOMERS}?owes=overdue",
        "bills, created this week": f"{_BILLS}?when=week",
        "bills, oldest first": f"{_BILLS}?o=1",
        "bills, broken promises": f"{_BILLS}?promise=broken",
        "bills, by channel": f"{_BILLS}?channel=LINK",
        "bills, by number": f"{_BILLS}?q={bill.billing_no}",
        "bills, by part of a phone": f"{_BILLS}?q={customer.phone[-6:]}",
        "bills, by name": f"{_BILLS}?q={name}",
        "invoices, deep": f"{_INVOICES}?before={invoice.pk}",
        "invoices, by channel": f"{_INVOICES}?channel=LINK",
        "invoices, refused": f"{_INVOICES}?status=OPEN&delivery=REJECTED",
        "payments, to review": f"{_PAYMENTS}?review_reason=any",
        "customers, by phone": f"{_CUSTOMERS}?q={customer.phone}",
        "customers, by name": f"{_CUSTOMERS}?q={name}",
        "customers, to collect from": f"{_CUSTOMERS}collecting/",
        "plans, paused": f"{_SUBSCRIPTIONS}?status=PAUSED",
        "installments, invoiced": f"{_INSTALLMENTS}?status=INVOICED",
        "search box, a phone": f"{_SEARCH}{customer.phone[-6:]}",
        "search box, an amount": f"{_SEARCH}25.000",
        "search box, a number": f"{_SEARCH}{invoice.number}",
        "page of a bill": f"{_BILLS}{bill.pk}/change/",
        "story of a bill": f"{_BILLS}{bill.pk}/story/",
        "page of an invoice": f"{_INVOICES}{invoice.pk}/change/",
        "page of a customer": f"{_CUSTOMERS}{customer.pk}/change/",
        "page of a plan": f"{_SUBSCRIPTIONS}{plan.pk}/change/",
    }


def reports() -> dict[str, str]:
    """They count when they are asked, so what they cost grows with the merchant."""
    from django.urls import get_resolver

    names = sorted(
        name for name in get_resolver("config.urls").namespace_dict["admin"][1].reverse_dict if _is_report(name)
    )
    from django.urls import reverse

    return {f"report: {name.removeprefix('report_')}": reverse(f"admin:{name}") for name in names}


def _is_report(name: Any) -> bool:
    return isinstance(name, str) and name.startswith("report_")


def customers_pages() -> dict[str, str]:
    from urllib.parse import urlsplit

    from billing.payment_links import LinkKind
    from billing.services.links import customer_url, payment_url

    bill, customer, _invoice, _plan = _rows()
    of_bill = payment_url(merchant_username="office", kind=LinkKind.BILL, payable_id=bill.pk, version=bill.link_version)
    of_customer = customer_url(merchant_username="office", customer=customer)
    return {
        "payment page": urlsplit(of_bill).path,
        "a customer's permanent page": urlsplit(of_customer).path,
    }


def _rows() -> tuple[Any, Any, Any, Any]:
    """Of the office, from the middle: neither what was read last nor what nobody reads."""
    from invoices.models import Invoice
    from subscriptions.models import Subscription

    invoices = Invoice.objects.filter(merchant__username="office", status="OPEN").order_by("pk")
    middle = invoices.select_related("bill__customer")[invoices.count() // 2]
    plan = Subscription.objects.filter(merchant__username="office").order_by("pk").last()
    return middle.bill, middle.customer, middle, plan
