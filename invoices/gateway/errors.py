"""What a failed call means for whoever made it (gateway.md, Errors; reliability.md, rule 3)."""

from collections.abc import Mapping, Sequence


class GatewayError(Exception):
    """Base of every failure here; ``str()`` is short and holds no key, payload or phone number."""


class CipherError(GatewayError):
    """A text could not be encrypted or decrypted with the merchant's keys."""


class Unavailable(GatewayError):
    """
    Nothing was created or changed: the same call may be made again later.

    ``retry_after`` is the number of seconds the gateway asked for, or None for our own schedule.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Throttled(Unavailable):
    """The gateway asked us to slow down: it is well, and nothing was done."""


class Unanswered(Unavailable):
    """No whole answer came, and nothing can have been done."""


class Redirected(Unavailable):
    """The answer points elsewhere, which is never followed: this is not the gateway's own address."""


class EnquiryRefused(Unavailable):
    """The gateway answered an enquiry with a refusal; ``blames_the_account``: for who asks, not for what."""

    def __init__(self, message: str, *, blames_the_account: bool) -> None:
        super().__init__(message)
        self.blames_the_account = blames_the_account


class OutcomeUnknown(GatewayError):
    """The call may have taken effect: ask the gateway before doing it again."""


class ReplyInvalid(OutcomeUnknown):
    """The answer cannot be read or contradicts the question: raise an alarm, then ask."""


class Rejected(GatewayError):
    """
    The gateway, or our own check before sending, refused the content: a person must act.

    ``reason`` is for staff and may quote the gateway; ``field_errors`` maps gateway field names to
    its messages; ``code`` is the gateway's own number (see ``codes.ERROR_CODES``) when it gave one.
    """

    def __init__(
        self,
        reason: str,
        *,
        field_errors: Mapping[str, Sequence[str]] | None = None,
        code: int | None = None,
        summary: str = "The gateway refused the request.",
    ) -> None:
        super().__init__(summary if code is None else f"{summary} (code {code})")
        self.reason = reason
        self.field_errors = {name: list(messages) for name, messages in (field_errors or {}).items()}
        self.code = code


class CredentialsRefused(Rejected):
    """The gateway refused the merchant's account, not this one invoice: park the account."""


class OrderInvalid(Rejected, ValueError):
    """The order breaks a rule of the gateway's page; nothing was sent."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason, field_errors={field: [reason]}, summary=f"Not sent: {reason}")
