"""The code in a receipt's QR can be made only here, for one payment of one merchant."""

from __future__ import annotations

import pytest

from billing.payment_links import InvalidLink, LinkKind, LinkTarget, read_link, sign_link
from invoices.documents.receipt_codes import InvalidCode, read_receipt_code, sign_receipt

KEY = "a key of this test"


def test_a_code_names_its_payment() -> None:
    code = sign_receipt(2**40, username="razzbery", key=KEY)

    assert len(code) == 32
    assert read_receipt_code(code, username="razzbery", key=KEY) == 2**40


@pytest.mark.parametrize("place", range(32))
def test_a_code_with_one_character_changed_is_none(place: int) -> None:
    code = sign_receipt(7, username="razzbery", key=KEY)
    changed = code[:place] + ("A" if code[place] != "A" else "B") + code[place + 1 :]

    with pytest.raises(InvalidCode):
        read_receipt_code(changed, username="razzbery", key=KEY)


@pytest.mark.parametrize(("username", "key"), [("elsewhere", KEY), ("razzbery", "another key")])
def test_it_is_worth_nothing_elsewhere(username: str, key: str) -> None:
    code = sign_receipt(7, username="razzbery", key=KEY)

    with pytest.raises(InvalidCode):
        read_receipt_code(code, username=username, key=key)


@pytest.mark.parametrize("text", ["", "x", "A" * 31, "A" * 33, "ä" * 32, "A" * 31 + "\n", "A" * 5000])
def test_anything_else_is_no_code(text: str) -> None:
    with pytest.raises(InvalidCode):
        read_receipt_code(text, username="razzbery", key=KEY)


def test_a_payment_link_is_no_receipt_nor_the_other_way_round() -> None:
    link = sign_link(LinkTarget(kind=LinkKind.BILL, subject_id=7, version=1), username="razzbery", key=KEY)
    code = sign_receipt(7, username="razzbery", key=KEY)

    with pytest.raises(InvalidCode):
        read_receipt_code(link, username="razzbery", key=KEY)
    with pytest.raises(InvalidLink):
        read_link(code, username="razzbery", key=KEY)
