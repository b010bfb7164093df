"""Gross, fee and net, however a statement signs them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from billing.importing.cells import InvalidCell, Options
from invoices.payouts.amounts import Amounts, adjustment_amounts, fee_amounts, payment_amounts, refund_amounts
from invoices.payouts.cells import day_of_instant, line_kind, own_currency, signed_amount

JOD, SAR = Options(currency="JOD"), Options(currency="SAR")


@pytest.mark.parametrize(
    ("of", "stated", "expected"),
    [
        (payment_amounts, ("10", "0.125", "9.875"), ("10", "0.125", "9.875")),
        (payment_amounts, ("10", "-0.125", "9.875"), ("10", "0.125", "9.875")),
        (payment_amounts, ("10", None, "9.875"), ("10", "0.125", "9.875")),
        (payment_amounts, ("10", "-0.125", None), ("10", "0.125", "9.875")),
        (payment_amounts, ("10", None, None), ("10", "0", "10")),
        (payment_amounts, ("10", "0.125", "9.5"), ("10", "0.125", "9.5")),
        (refund_amounts, ("10", None, None), ("-10", "0", "-10")),
        (refund_amounts, ("-10", "0.125", "-10.125"), ("-10", "0.125", "-10.125")),
        (refund_amounts, ("10", "0.125", "9.875"), ("-10", "-0.125", "-9.875")),
        (refund_amounts, ("10", None, "10.125"), ("-10", "0.125", "-10.125")),
        (fee_amounts, ("1.5", None, None), ("0", "1.5", "-1.5")),
        (fee_amounts, ("0", "-1.5", "-1.5"), ("0", "1.5", "-1.5")),
        (fee_amounts, ("-1.5", None, "-1.5"), ("0", "1.5", "-1.5")),
        (adjustment_amounts, ("-2", None, None), ("-2", "0", "-2")),
        (adjustment_amounts, ("2", "0.1", "1.9"), ("2", "0.1", "1.9")),
    ],
)
def test_every_way_to_sign_them_comes_to_one_sense(
    of: Callable[..., Amounts], stated: tuple[str | None, ...], expected: tuple[str, ...]
) -> None:
    gross, fee, net = (None if value is None else Decimal(value) for value in stated)

    amounts = of(gross=gross, fee=fee, net=net)

    assert (amounts.gross, amounts.fee, amounts.net) == tuple(map(Decimal, expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1000.500", "1000.500"),
        ("-0.125", "-0.125"),
        ("0.125-", "-0.125"),
        ("(0.125)", "-0.125"),
        ("−3", "-3"),
        ("\u200f-3", "-3"),
        ("1,234,567.500", "1234567.500"),
        ("١٬٢٣٤٫٥٠٠", "1234.500"),
        ("0", "0"),
    ],
)
def test_an_amount_of_either_sign_is_read(text: str, expected: str) -> None:
    assert signed_amount(text, JOD) == Decimal(expected)


@pytest.mark.parametrize("text", ["1,234", "1.234,500", "--1", "(1", "12 JOD", "", "1e3", "1000000000", "0.0001"])
def test_what_could_mean_two_amounts_is_refused(text: str) -> None:
    with pytest.raises(InvalidCell):
        signed_amount(text, JOD)


def test_cells_of_other_kinds_are_read_or_refused() -> None:
    assert line_kind("SALE", JOD) == "PAYMENT"
    assert line_kind("عمولة", JOD) == "FEE"
    assert str(day_of_instant("٢٠٢٦-٠٣-٠٢ 23:59:07", JOD)) == "2026-03-02"
    assert own_currency("jod", JOD) == "JOD"
    for check, text, options in (
        (line_kind, "whatever", JOD),
        (own_currency, "USD", JOD),
        (signed_amount, "0.125", SAR),
        (day_of_instant, "02/03/2026", JOD),
    ):
        with pytest.raises(InvalidCell):
            check(text, options)
