"""The calls of one merchant's gateway account."""

import math
import time
from collections.abc import Callable, Iterator
from copy import copy
from datetime import date
from itertools import count

from invoices.gateway.calls import Call, Purpose, address, path_segment
from invoices.gateway.cipher import Cipher
from invoices.gateway.credentials import GatewayCredentials
from invoices.gateway.errors import ReplyInvalid
from invoices.gateway.exchange import Exchange
from invoices.gateway.invoices import GatewayInvoice, check_echo, read_invoice
from invoices.gateway.orders import InvoiceOrder, WireSwitches
from invoices.gateway.payloads import invoice_payload, phone_fields
from invoices.gateway.raw_answers import Transport
from invoices.gateway.search_pages import MOST_PAGES, SearchPage, read_search_page
from invoices.gateway.transactions import Transaction, read_transaction
from invoices.gateway.wire_json import dump

__all__ = ["GatewayClient", "GatewayCredentials", "GatewayInvoice", "Transaction"]


class GatewayClient:
    """
    Speaks for one gateway account; safe to share between threads, and best kept for its bearer token.

    Every method takes at most ``deadline`` seconds, a login and all pages of a search included.
    Enquiries raise Unavailable, ReplyInvalid or, for 401, CredentialsRefused.

    :param previous_cipher: reads answers made with the keys before a rotation
    :raises CipherError: if the account's keys are malformed
    """

    def __init__(
        self,
        *,
        credentials: GatewayCredentials,
        switches: WireSwitches,
        transport: Transport,
        deadline: float,
        previous_cipher: Cipher | None = None,
    ) -> None:
        self._credentials = credentials
        self._switches = switches
        self._deadline = deadline
        self._latest_end = math.inf
        self._cipher = credentials.cipher()
        ciphers = [self._cipher] if previous_cipher is None else [self._cipher, previous_cipher]
        self._exchange = Exchange(credentials=credentials, transport=transport, ciphers=ciphers)

    def ending_within(self, seconds: float) -> "GatewayClient":
        """The same, all of whose calls together end so many seconds from now; one that begins later is Unavailable."""
        hurried = copy(self)
        hurried._latest_end = time.monotonic() + seconds
        return hurried

    def create_invoice(self, order: InvoiceOrder, *, today: date, give_up_at: float | None = None) -> GatewayInvoice:
        """
        Create an invoice, which the gateway may at once send to the customer. Never sent twice.

        :param today: the merchant's local date
        :param give_up_at: the ``time.monotonic()`` instant after which the request must not begin
        :raises OrderInvalid: before sending, if the order breaks a rule of the gateway
        :raises Unavailable: if no invoice was created: the same reference may be sent again later
        :raises OutcomeUnknown: if it may exist: search for the reference before anything else
        :raises ReplyInvalid: likewise, and the answer is worth an alarm
        :raises Rejected: if the gateway refused the content
        :raises CredentialsRefused: if it refused the account
        """
        payload = invoice_payload(
            order=order, merchant_code=self._credentials.merchant_code, today=today, switches=self._switches
        )
        call = self._writing(Purpose.CREATE, "POST", "/api/v1/invoice/", payload, give_up_at=give_up_at)
        invoice = read_invoice(self._exchange.act(call).response)
        check_echo(invoice, order=order)
        return invoice

    def find_invoices(self, reference: str) -> list[GatewayInvoice]:
        """
        All invoices with exactly this reference, cancelled ones too; empty where none exists.

        :raises ReplyInvalid: also where the search has more than 20 pages: not seen is not absent
        """
        ends_at = self._ends_at()
        found: list[GatewayInvoice] = []
        pages = self._search(reference, wanted=reference.__eq__, ends_at=lambda: ends_at)
        for number, page in enumerate(pages, start=1):
            found += page.matches
            if page.has_next and number == MOST_PAGES:
                raise ReplyInvalid("The gateway's search has too many pages to be conclusive.")
        return found

    def invoices_numbered(self, beginning: str) -> Iterator[GatewayInvoice]:
        """All invoices whose reference begins so, the newest first; ``deadline`` is for each page of ten or so."""
        for page in self._search(beginning, wanted=lambda reference: reference.startswith(beginning)):
            yield from page.matches

    def get_invoice(self, gateway_id: str) -> GatewayInvoice | None:
        """One invoice by the gateway's id, None where it does not exist; another's is ReplyInvalid."""
        path = f"/api/v1/invoice/{path_segment(gateway_id)}"
        answer = self._exchange.ask(self._reading(path, self._ends_at()))
        if answer is None:
            return None
        invoice = read_invoice(answer.response)
        if invoice.gateway_id not in ("", gateway_id):
            raise ReplyInvalid("The gateway answered about another invoice.")
        return invoice

    def cancel_invoice(self, token: str) -> None:
        """
        Cancel an invoice by its token; cancelling it twice does no harm.

        :raises Rejected: if the gateway refused, for instance because it does not know the token
        """
        payload = {"merchantCode": self._credentials.merchant_code, "statusId": "3"}
        path = f"/api/v1/invoice/{path_segment(token)}"
        self._exchange.act(self._writing(Purpose.CHANGE, "PUT", path, payload))

    def resend_invoice(self, gateway_id: str, mobile_number: str) -> None:
        """
        Have the gateway send its message again, to an E.164 number.

        :raises OutcomeUnknown: if the customer may have been messaged
        :raises Rejected: if the gateway refused
        """
        payload = {"merchantCode": self._credentials.merchant_code, "resendId": gateway_id}
        phone = phone_fields(mobile_number=mobile_number, switches=self._switches)
        self._exchange.act(self._writing(Purpose.NOTIFY, "POST", "/api/v1/invoice/resend", payload | phone))

    def get_transaction(self, token: str) -> Transaction | None:
        """A payment by its token, None where there is none."""
        answer = self._exchange.ask(self._paying(token))
        if answer is None or not answer.response:
            return None
        return read_transaction(answer.response, token=token)

    def get_transaction_by_reference(self, reference: str) -> Transaction | None:
        """The payment for our reference, None where there is none."""
        answer = self._exchange.ask(self._paying(reference, isOrderReference="1"))
        if answer is None or not answer.response:
            return None
        return read_transaction(answer.response, reference=reference)

    def _search(
        self, text: str, *, wanted: Callable[[str], bool], ends_at: Callable[[], float] | None = None
    ) -> Iterator[SearchPage]:
        for page in count(1):
            reading = self._reading(
                "/api/v1/invoice-dashboard", (ends_at or self._ends_at)(), search=text, page=str(page)
            )
            answer = self._exchange.ask(reading)
            if answer is None:
                return
            result = read_search_page(answer.response, wanted=wanted, page=page)
            yield result
            if not result.has_next:
                return

    def _ends_at(self) -> float:
        return min(time.monotonic() + self._deadline, self._latest_end)

    def _writing(
        self,
        purpose: Purpose,
        method: str,
        path: str,
        payload: dict[str, object] | dict[str, str],
        give_up_at: float | None = None,
    ) -> Call:
        return Call(
            purpose=purpose,
            method=method,
            url=address(self._credentials.base_url, path),
            body=dump({"data": self._cipher.encrypt_json(payload)}).encode("ascii"),
            ends_at=self._ends_at(),
            give_up_at=give_up_at,
        )

    def _reading(self, path: str, ends_at: float, **query: str) -> Call:
        data = self._cipher.encrypt_json({"merchantCode": self._credentials.merchant_code})
        url = address(self._credentials.base_url, path, **query, data=data)
        return Call(purpose=Purpose.ASK, method="GET", url=url, body=None, ends_at=ends_at)

    def _paying(self, identifier: str, **query: str) -> Call:
        path = f"/api/transaction/{path_segment(identifier)}"
        url = address(self._credentials.payment_base_url, path, **query)
        return Call(purpose=Purpose.ASK, method="GET", url=url, body=None, ends_at=self._ends_at(), with_login=False)
