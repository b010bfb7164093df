"""The merchant that a page is about: the one its address asks for."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from billing.admin.roles import Right, merchants_where
from billing.models import Merchant
from billing.row_ids import is_row_id


def asked_merchant(request: HttpRequest, right: Right) -> Merchant:
    """
    Of those at which the person has the right; the first of them where none is asked for.

    :raises Http404: also for another's, as for one that does not exist
    """
    merchants = merchants_where(request, right).order_by("username")
    asked = request.GET.get("merchant", "")
    if asked:
        merchants = merchants.filter(pk=asked) if is_row_id(asked) else merchants.none()
    found = merchants.first()
    if found is None:
        raise Http404
    return found
