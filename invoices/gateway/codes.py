"""The gateway's numbers, each with the name we use for it (invoice-gateway.txt; gateway.md, Errors)."""

from enum import Enum, IntEnum, StrEnum
from typing import NamedTuple


class Channel(StrEnum):
    """How the customer is told about the invoice."""

    SMS = "SMS"
    WHATSAPP = "WHATSAPP"
    EMAIL = "EMAIL"
    LINK = "LINK"


class TypePair(NamedTuple):
    """``invoiceType`` and ``invoiceSubType``."""

    type: str
    sub_type: str


TYPE_PAIRS = {
    Channel.SMS: TypePair("1", "0"),
    Channel.WHATSAPP: TypePair("0", "1"),
    Channel.EMAIL: TypePair("0", "2"),
    Channel.LINK: TypePair("0", "3"),
}

PAY_TYPES = {
    "1": "KNET",
    "2": "MPGS",
    "5": "CYBS",
    "7": "AMEX",
    "8": "MPGS AMEX",
    "9": "MPGS Apple Pay",
    "10": "CYBS Apple Pay",
    "11": "KNET Debit Apple Pay",
    "12": "KNET Credit Apple Pay",
    "13": "KNET Apple Pay International",
    "14": "AMEX Apple Pay International",
    "16": "Google Pay",
}


class InvoiceStatus(IntEnum):
    """``invoice_status`` of an invoice at the gateway."""

    UNPAID = 0
    PAID = 1
    CANCELLED = 3


class TransactionStatus(StrEnum):
    """The only three statuses of a transaction; nothing else is ever taken for one of them."""

    SUCCESSFUL = "SUCCESSFUL"
    FAILED = "FAILED"
    PENDING = "PENDING"


class Remedy(Enum):
    """Who can mend what an error code reports."""

    ACCOUNT = "account"
    INVOICE = "invoice"


ERROR_CODES = {
    0: ("invalid response", Remedy.INVOICE),
    422: ("invalid input", Remedy.INVOICE),
    500: ("invalid token", Remedy.ACCOUNT),
    501: ("invalid merchant or accessCode", Remedy.ACCOUNT),
    503: ("invalid merchant service", Remedy.ACCOUNT),
    504: ("bad login", Remedy.ACCOUNT),
    505: ("invalid payment token", Remedy.INVOICE),
    506: ("invalid request data", Remedy.INVOICE),
    507: ("transaction error", Remedy.INVOICE),
}

ACCOUNT_CODES = frozenset(code for code, (_, remedy) in ERROR_CODES.items() if remedy is Remedy.ACCOUNT)
