"""From an answer to the error that says what to do (gateway.md, Errors; reliability.md, rule 3)."""

from datetime import UTC, datetime
from typing import NoReturn

from invoices.gateway.answers import Answer
from invoices.gateway.calls import Purpose
from invoices.gateway.codes import ACCOUNT_CODES, ERROR_CODES
from invoices.gateway.errors import (
    CredentialsRefused,
    EnquiryRefused,
    GatewayError,
    OutcomeUnknown,
    Redirected,
    Rejected,
    ReplyInvalid,
    Throttled,
    Unanswered,
    Unavailable,
)
from invoices.gateway.raw_answers import NotSent, RawAnswer, TransportError
from invoices.gateway.retry_after import read_retry_after


def unanswered(failure: TransportError, *, purpose: Purpose) -> GatewayError:
    """The error for a call without an answer."""
    if purpose is Purpose.ASK or isinstance(failure, NotSent):
        return Unanswered(str(failure))
    return OutcomeUnknown(str(failure))


def check_status(raw: RawAnswer, *, purpose: Purpose) -> None:
    """
    Sort out the answers whose body decides nothing.

    :raises Throttled: for 429
    :raises Unavailable: for redirects and 5xx where nothing could have happened
    :raises OutcomeUnknown: for redirects and 5xx otherwise: a 500 is not a refusal
    """
    wait = read_retry_after(header=raw.header("Retry-After"), now=datetime.now(UTC))
    if raw.status == 429:
        raise Throttled("The gateway asks us to slow down.", retry_after=wait)
    if 200 <= raw.status < 300 or (400 <= raw.status < 500 and raw.status != 408):
        return
    is_redirect = 300 <= raw.status < 400
    what = "a redirect, which is never followed" if is_redirect else "an error"
    message = f"The gateway answered with {what} (HTTP {raw.status})."
    if purpose is not Purpose.ASK:
        raise OutcomeUnknown(message)
    raise Redirected(message, retry_after=wait) if is_redirect else Unavailable(message, retry_after=wait)


def check_accepted(answer: Answer, *, status: int, purpose: Purpose) -> None:
    """
    Let pass what the gateway accepted.

    :raises Rejected: or whatever else the refusal means for this purpose
    :raises ReplyInvalid: if HTTP status and body contradict each other
    """
    if status >= 400:
        if answer.status:
            raise ReplyInvalid(f"The gateway's answer contradicts itself (HTTP {status}).")
        _refuse(answer, status=status, purpose=purpose)
    if answer.status is False:
        _refuse(answer, status=status, purpose=purpose)


def _refuse(answer: Answer, *, status: int, purpose: Purpose) -> NoReturn:
    if status == 401 or (purpose is Purpose.CREATE and _blames_the_account(answer, status)):
        raise CredentialsRefused(
            _reason(answer, status), code=answer.code, summary="The gateway refused the merchant's account."
        )
    if purpose is Purpose.ASK:
        message = f"The gateway refused the enquiry (HTTP {status}, code {answer.code})."
        raise EnquiryRefused(message, blames_the_account=status == 403 or answer.code in ACCOUNT_CODES)
    raise Rejected(_reason(answer, status), field_errors=answer.field_errors, code=answer.code)


def _blames_the_account(answer: Answer, status: int) -> bool:
    return status in (403, 404) or answer.code in ACCOUNT_CODES


def _reason(answer: Answer, status: int) -> str:
    known = ERROR_CODES.get(-1 if answer.code is None else answer.code)
    return answer.message or (known[0] if known else f"HTTP {status}")
