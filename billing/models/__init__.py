from billing.models.api_key import ApiKey
from billing.models.bill import Bill
from billing.models.customer import Customer
from billing.models.event import Event
from billing.models.idempotency_key import IdempotencyKey
from billing.models.merchant import Channel, Currency, Language, Merchant
from billing.models.number_sequence import NumberSequence
from billing.models.staff import Membership, Role, User

__all__ = [
    "ApiKey",
    "Bill",
    "Channel",
    "Currency",
    "Customer",
    "Event",
    "IdempotencyKey",
    "Language",
    "Membership",
    "Merchant",
    "NumberSequence",
    "Role",
    "User",
]
