"""From the token of a customer's permanent link to the customer, and who may see their page."""

from __future__ import annotations

from django.http import HttpRequest

from billing.models import Customer
from billing.payment_links import InvalidLink, LinkKind, read_link
from invoices.pages.visits import Visit, visit_of


def find_customer(*, username: str, link_token: str, key: str) -> Customer:
    """
    The customer of a permanent link, with their merchant and its logo, but for the image.

    :raises InvalidLink: every wrong or revoked one alike; a forged one before the database is asked
    """
    target = read_link(link_token, username=username, key=key)
    if target.kind != LinkKind.CUSTOMER:
        raise InvalidLink
    where = {"pk": target.subject_id, "merchant__username": username, "link_version": target.version}
    customers = Customer.objects.current().select_related("merchant__logo").defer("merchant__logo__image")
    customer = customers.filter(**where).first()
    if customer is None:
        raise InvalidLink
    return customer


def may_see(request: HttpRequest, customer: Customer) -> bool:
    """Whether this browser need not be asked for the phone's last digits, or has just answered right."""
    return not customer.merchant.asks_phone_digits or visit_of(request, customer).kind is Visit.Kind.CHECKED
