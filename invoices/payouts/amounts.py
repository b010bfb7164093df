"""
Gross, fee and net of a line, in one sense of signs: money towards the merchant is above zero, a fee is what is kept.

Statements write them in several ways; what does not add up in any of them stays as it is stated. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from billing.money import ZERO


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """They should be such that gross - fee = net."""

    gross: Decimal
    fee: Decimal
    net: Decimal


def payment_amounts(*, gross: Decimal, fee: Decimal | None, net: Decimal | None) -> Amounts:
    """A fee written with a minus is the same fee; without one, it is what is missing between gross and net."""
    if fee is None:
        return Amounts(gross=gross, fee=ZERO if net is None else gross - net, net=gross if net is None else net)
    if net is None:
        return Amounts(gross=gross, fee=abs(fee), net=gross - abs(fee))
    return Amounts(gross=gross, fee=_signed(fee, gross, net), net=net)


def refund_amounts(*, gross: Decimal, fee: Decimal | None, net: Decimal | None) -> Amounts:
    """Money goes back, whether or not a minus says so; a fee may be kept once more, or given back too."""
    given_back = -abs(gross)
    if net is None:
        fee = ZERO if fee is None else fee
        return Amounts(gross=given_back, fee=fee, net=given_back - fee)
    taken = -abs(net)
    fee = given_back - taken if fee is None else _signed(fee, given_back, taken)
    return Amounts(gross=given_back, fee=fee, net=taken)


def fee_amounts(*, gross: Decimal, fee: Decimal | None, net: Decimal | None) -> Amounts:
    """A line that is a fee and nothing else, in whichever of the columns it stands."""
    kept = abs(fee or gross)
    return Amounts(gross=ZERO, fee=kept, net=-kept if net is None else -abs(net))


def adjustment_amounts(*, gross: Decimal, fee: Decimal | None, net: Decimal | None) -> Amounts:
    """Either way round, as it is signed."""
    fee = ZERO if fee is None else fee
    return Amounts(gross=gross, fee=fee, net=gross - fee if net is None else net)


def _signed(fee: Decimal, gross: Decimal, net: Decimal) -> Decimal:
    """The fee with the other sign where that alone makes it add up."""
    return -fee if gross - fee != net and gross + fee == net else fee
