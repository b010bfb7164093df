"""The lists behind the bars of home's charts: exactly the rows each was counted from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from billing.models import Merchant
from invoices.admin.home.figures import Name, url_of
from subscriptions.schedules import months_later

# What is owed of each age, as days late: the first and the last.
_AGES: Final[dict[Name, tuple[int | None, int | None]]] = {
    Name.NOT_DUE: (None, 0),
    Name.LATE_30: (1, 30),
    Name.LATE_60: (31, 60),
    Name.LATE_90: (61, 90),
    Name.LATE_LONGER: (91, None),
}


@dataclass(frozen=True, kw_only=True)
class ListsBehind:
    """
    Of one merchant or all that the person works for, in one currency.

    :param is_only_currency: it need not be stated then
    """

    chosen: Merchant | None
    today: date
    currency: str
    is_only_currency: bool

    def bills_of_month(self, month: date) -> str:
        return self._bills(_of_month("due", month) | {"status__in": "PENDING,PAID"})

    def installments_of_month(self, month: date) -> str:
        return self._installments(_of_month("due", month) | {"status__in": "INVOICED,PAID"})

    def payments_of_month(self, month: date) -> str:
        return self._payments(_of_month("when", month))

    def bills_of_age(self, age: Name) -> str:
        return self._bills(self._of_age(age) | {"status": "PENDING"})

    def installments_of_age(self, age: Name) -> str:
        return self._installments(self._of_age(age) | {"status": "INVOICED"})

    def payments_by_way(self, *, method: str, channel: str, since: date) -> str:
        by_channel = {"invoice__channel": channel} if channel else {}
        return self._payments({"method": method, "when_from": since.isoformat()} | by_channel)

    def _of_age(self, age: Name) -> dict[str, str]:
        least, most = _AGES[age]
        first = {} if most is None else {"due_from": (self.today - timedelta(days=most)).isoformat()}
        return first | ({} if least is None else {"due_until": (self.today - timedelta(days=least)).isoformat()})

    def _bills(self, filters: dict[str, str]) -> str:
        return self._url("billing_bill", filters, currency="currency")

    def _installments(self, filters: dict[str, str]) -> str:
        return self._url("subscriptions_installment", filters, currency="subscription__currency")

    def _payments(self, filters: dict[str, str]) -> str:
        return self._url("invoices_payment", filters, currency="currency")

    def _url(self, model: str, filters: dict[str, str], *, currency: str) -> str:
        return url_of(model, filters | ({} if self.is_only_currency else {currency: self.currency}), self.chosen)


def _of_month(name: str, month: date) -> dict[str, str]:
    last = months_later(month, 1, 1) - timedelta(days=1)
    return {f"{name}_from": month.isoformat(), f"{name}_until": last.isoformat()}
