"""Sends a call with the account's authentication and sorts out what came back."""

from collections.abc import Sequence

from invoices.gateway.answers import Answer, read_answer
from invoices.gateway.calls import Call, Purpose
from invoices.gateway.cipher import Cipher
from invoices.gateway.credentials import GatewayCredentials
from invoices.gateway.errors import OutcomeUnknown, ReplyInvalid
from invoices.gateway.login import BearerLogin, json_headers
from invoices.gateway.raw_answers import RawAnswer, Transport, TransportError
from invoices.gateway.refusals import check_accepted, check_status, unanswered


class Exchange:
    """
    One account's conversation with the gateway.

    :param ciphers: for reading answers, the present key pair first
    """

    def __init__(self, *, credentials: GatewayCredentials, transport: Transport, ciphers: Sequence[Cipher]) -> None:
        self._credentials = credentials
        self._transport = transport
        self._ciphers = ciphers
        self._login = BearerLogin(credentials=credentials, transport=transport) if credentials.has_login else None

    def ask(self, call: Call) -> Answer | None:
        """
        The answer to an enquiry, None where the gateway says there is no such thing.

        :raises Unavailable: if no usable answer came; asking again later does no harm
        :raises ReplyInvalid: if the answer cannot be read, a 404 of some proxy included
        :raises CredentialsRefused: for 401 only: a 404 here parks nobody
        """
        status, answer = self._answered(call)
        if status == 404:
            return None
        check_accepted(answer, status=status, purpose=call.purpose)
        return answer

    def act(self, call: Call) -> Answer:
        """
        The answer to a call that changes something.

        :raises Unavailable: if nothing was done
        :raises OutcomeUnknown: if it may have been done
        :raises Rejected: if it was refused
        """
        status, answer = self._answered(call)
        check_accepted(answer, status=status, purpose=call.purpose)
        if answer.status is None and call.purpose is not Purpose.CREATE:
            raise ReplyInvalid("The gateway's answer does not say whether it agreed.")
        return answer

    def _answered(self, call: Call) -> tuple[int, Answer]:
        raw = self._authenticated(call)
        check_status(raw, purpose=call.purpose)
        return raw.status, read_answer(body=raw.body, ciphers=self._ciphers)

    def _authenticated(self, call: Call) -> RawAnswer:
        if self._login is None or not call.with_login:
            return self._sent(call, token=None)
        call.check_may_begin()
        token = self._login.access_token(ends_at=call.ends_at)
        raw = self._sent(call, token=token)
        if raw.status != 401:
            return raw
        self._login.forget(token)
        if not call.purpose.is_repeatable:
            # With a bearer a 401 can come after processing (reliability.md, G10).
            raise OutcomeUnknown("The gateway refused the login's token, perhaps after processing the call.")
        return self._sent(call, token=self._login.access_token(ends_at=call.ends_at))

    def _sent(self, call: Call, *, token: str | None) -> RawAnswer:
        call.check_may_begin()
        headers = json_headers(self._credentials)
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        try:
            return self._transport.send(
                method=call.method, url=call.url, headers=headers, body=call.body, deadline=call.ends_at
            )
        except TransportError as failure:
            raise unanswered(failure, purpose=call.purpose) from failure
