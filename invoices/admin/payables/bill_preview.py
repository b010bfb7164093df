"""A bill before it is made: its facts, what to think of, and what the customer will get."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.dateformat import format as date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from billing.admin.acts.channel_choosing import channel_words
from billing.admin.cells import above, day_text, instant, isolated, label, link, money, number, person
from billing.admin.customers.known import known_customer, name_warnings
from billing.admin.screens.documents import Fact
from billing.models import Bill, Channel, Customer, Merchant, Weekend
from billing.services import NewBill
from invoices.admin.messages.preview import show_message
from invoices.messages.describing import gateway_line
from invoices.messages.rendering import Message
from invoices.messages.values import language_of
from invoices.models import MessageTemplate
from invoices.pages.days import describe_distance
from invoices.services.accounts import usable_account
from invoices.services.message_templates import wordings_of
from invoices.services.pushing.quiet_hours import quiet_times_of

Use = MessageTemplate.Use


@dataclass(frozen=True, kw_only=True)
class BillPreview:
    """:ivar message: as the customer's phone shows it; empty where none goes out"""

    facts: Sequence[Fact]
    warnings: Sequence[SafeString | str]
    message: SafeString


@dataclass(frozen=True, kw_only=True)
class _Draft:
    """What of the invoice the gateway's line may name; its number is not given yet."""

    number: str
    customer_name: str
    amount: Decimal
    description: str
    due_date: date
    language: str


def preview_of(new: NewBill, *, merchant: Merchant, now: datetime) -> BillPreview:
    known = known_customer(merchant, new.customer_phone)
    today = merchant.local_date(now)
    is_sent = _channel(new, known, merchant) != Channel.LINK
    return BillPreview(
        facts=_facts(new, known, merchant, today),
        warnings=[*_warnings(new, known, merchant, today), *(_delays(merchant, now) if is_sent else ())],
        message=_message(new, known, merchant, today) if is_sent else SafeString(""),
    )


def _channel(new: NewBill, known: Customer | None, merchant: Merchant) -> str:
    if known is not None and known.messages_stopped_at is not None:
        return Channel.LINK
    return new.channel or (known.channel if known else "") or merchant.channel


def _facts(new: NewBill, known: Customer | None, merchant: Merchant, today: date) -> list[Fact]:
    customer = person(new.customer_name, new.customer_phone)
    distance = describe_distance(new.due_date, today=today)
    due = above(f"{date_format(new.due_date, 'l')} {day_text(new.due_date)}", distance)
    channel = channel_words(new.channel, known.channel if known else "", merchant.channel)
    return [
        Fact(title=_("Amount"), value=money(new.amount, merchant.currency), is_loud=True),
        Fact(title=_("Customer"), value=customer if known else format_html("{} {}", customer, label(_("New"), "info"))),
        Fact(title=_("Service"), value=isolated(new.service_type)),
        Fact(title=_("Due"), value=due),
        Fact(title=_("Channel"), value=channel),
    ]


def _warnings(new: NewBill, known: Customer | None, merchant: Merchant, today: date) -> Iterator[SafeString | str]:
    if new.due_date < today:
        yield _("The due date has passed. The customer is asked at once, and sees it as late.")
    elif new.due_date.isoweekday() in Weekend(merchant.weekend).days:
        yield _("Falls on the weekend: %(days)s.") % {"days": day_text(new.due_date)}
    if known is None:
        return
    yield from name_warnings(
        known,
        phone=new.customer_phone,
        name=new.customer_name,
        former=_("{phone} is a former number of {name}. The bill is that customer's."),
        renamed=_("{phone} is the phone of {name}. The bill is that customer's, who is called {new} from now on."),
    )
    if known.messages_stopped_at is not None:
        yield _("No messages go to this phone: somebody else answers there. Invoices go by link only.")
    if (twin := _twin(new, known)) is not None:
        told = _("{bill} asks this customer for the same already: service, amount and due date.")
        yield format_html(told, bill=link(twin, number(twin)))


def _twin(new: NewBill, known: Customer) -> Bill | None:
    pending = known.bills.filter(merchant=known.merchant_id, status=Bill.Status.PENDING)
    return pending.filter(service_type=new.service_type, amount=new.amount, due_date=new.due_date).first()


def _delays(merchant: Merchant, now: datetime) -> Iterator[SafeString | str]:
    if usable_account(merchant) is None:
        yield _("There is no gateway account in use. Nothing is sent before one is set up.")
    elif (until := quiet_times_of(merchant).end_after(now)) > now:
        yield format_html(_("It is quiet time now. The message goes out at {time}."), time=instant(until))


def _message(new: NewBill, known: Customer | None, merchant: Merchant, today: date) -> SafeString:
    language = language_of(known, merchant) if known else merchant.language
    line = gateway_line(
        _Draft(
            number=f"INV-{today:%Y%m%d}-…",
            customer_name=new.customer_name,
            amount=new.amount,
            description=new.description or new.service_type,
            due_date=new.due_date,
            language=language,
        ),
        template=wordings_of(merchant).of(Use.DESCRIPTION, language).body,
        currency=merchant.currency,
        merchant_name=merchant.name_in(language),
    )
    return show_message(Use.DESCRIPTION, Message(body=line), language=language)
