from datetime import date, timedelta
from decimal import Decimal

import pytest

from invoices.gateway.codes import Channel
from invoices.gateway.errors import OrderInvalid, Rejected
from invoices.gateway.payloads import Item, WireSwitches, invoice_payload
from tests.invoices.gateway.accounts import TODAY, order


def payload(switches=None, **changes):
    return invoice_payload(
        order=order(**changes), merchant_code="842217", today=TODAY, switches=switches or WireSwitches()
    )


def test_an_installment_by_sms_is_spelled_as_the_page_says():
    assert payload() == {
        "merchantCode": "842217",
        "mobileNumber": "777839071",
        "countryCode": "+962",
        "customerName": "أحمد",
        "referenceNumber": "INV-7-x9k2",
        "amount": "280.000",
        "invoiceType": "1",
        "invoiceSubType": "0",
        "description": "Rent, January",
        "allocatePayType": [],
        "subscription": "1",
        "language": "ar",
        "expiresAt": "2027-02-14",
        "frequency": "1",
        "noofRecurrence": "1",
        "SubscriptionType": "1",
        "startDate": "2027-01-15",
    }


def test_a_bill_is_no_subscription_and_still_never_charges_by_itself():
    bill = payload(is_installment=False)

    assert (bill["subscription"], bill["SubscriptionType"], bill["noofRecurrence"]) == ("0", "1", "1")


@pytest.mark.parametrize(
    ("channel", "pair"),
    [
        (Channel.SMS, "10"),
        (Channel.WHATSAPP, "01"),
        (Channel.EMAIL, "02"),
        (Channel.LINK, "03"),
        ("EMAIL", "02"),
    ],
)
def test_each_channel_has_its_pair_of_types(channel, pair):
    sent = payload(channel=channel, customer_email="a@b.jo")

    assert sent["invoiceType"] + sent["invoiceSubType"] == pair
    assert ("customerEmail" in sent) == (channel == "EMAIL")


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0.001", "0.001"), ("1", "1.000"), ("999999999.999", "999999999.999"), ("1E+2", "100.000")],
)
def test_amounts_have_exactly_three_decimals(amount, text):
    assert payload(amount=Decimal(amount))["amount"] == text


@pytest.mark.parametrize(
    "amount", ["0", "-1", "0.0005", "1.0005", "1000000000", "NaN", "Infinity", "1E+1000000", "1E-1000000"]
)
def test_other_amounts_are_refused(amount):
    with pytest.raises(OrderInvalid) as caught:
        payload(amount=Decimal(amount))

    assert list(caught.value.field_errors) == ["amount"]


@pytest.mark.parametrize(
    ("number", "code", "national"),
    [
        ("+962777839071", "+962", "777839071"),
        ("+96566666666", "+965", "66666666"),
        ("+966501234567", "+966", "501234567"),
        ("+971501234567", "+971", "501234567"),
        ("+97333123456", "+973", "33123456"),
        ("+97455123456", "+974", "55123456"),
        ("+96891234567", "+968", "91234567"),
        ("+201001234567", "+20", "1001234567"),
        ("+9613123456", "+961", "3123456"),
        ("+12025550123", "+1", "2025550123"),
    ],
)
def test_the_country_code_is_split_from_the_number(number, code, national):
    sent = payload(mobile_number=number)

    assert (sent["countryCode"], sent["mobileNumber"]) == (code, national)


@pytest.mark.parametrize("number", ["0777839071", "+962٧٧٧٨٣٩٠٧١", "+999123456789", "", "+962 777839071", "+0123456"])
def test_other_numbers_are_refused_without_repeating_them(number):
    with pytest.raises(OrderInvalid) as caught:
        payload(mobile_number=number)

    assert not number or number not in str(caught.value)


def test_the_newer_documentation_is_a_switch():
    newer = WireSwitches(pay_types_as_array=False, country_code_with_plus=False, sends_webhook_url=True)

    sent = payload(newer, pay_types=("1", "2"), webhook_url="https://office.example/hook")

    assert sent["allocatePayType"] == "1,2"
    assert sent["countryCode"] == "962"
    assert sent["webhook"] == "https://office.example/hook"


def test_by_default_pay_types_are_a_list_and_no_webhook_is_sent():
    sent = payload(pay_types=("1", "2"), webhook_url="https://office.example/hook")

    assert sent["allocatePayType"] == ["1", "2"]
    assert "webhook" not in sent


def test_an_overdue_document_starts_today():
    assert payload(due_date=date(2026, 11, 1))["startDate"] == "2027-01-10"


@pytest.mark.parametrize(
    "change",
    [
        {"expires_on": TODAY},
        {"expires_on": TODAY - timedelta(days=1)},
        {"language": "fr"},
        {"pay_types": ("3",)},
        {"reference": " "},
        {"customer_name": ""},
        {"channel": Channel.EMAIL},
        {"channel": Channel.EMAIL, "customer_email": "  "},
    ],
)
def test_what_the_gateway_would_refuse_is_refused_before_sending(change):
    with pytest.raises(Rejected):
        payload(**change)


def test_items_are_spelled_like_the_page_and_must_reach_the_amount():
    rent = Item(title="Rent", rate=Decimal("140"), quantity=2, amount=Decimal("280"))
    deposit = Item(title="Deposit", rate=Decimal("279.999"), quantity=1, amount=Decimal("279.999"))

    assert payload(items=(rent,))["itemsList"] == [
        {"itemTitle": "Rent", "rate": "140.000", "quantity": "2", "amount": "280.000"}
    ]
    with pytest.raises(OrderInvalid):
        payload(items=(deposit,))


def test_an_order_does_not_show_the_phone():
    assert "777839071" not in repr(order())
