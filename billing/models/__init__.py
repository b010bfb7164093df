from billing.models.api_key import ApiKey
from billing.models.bill import Bill
from billing.models.customer import Customer
from billing.models.event import Event
from billing.models.idempotency_key import IdempotencyKey
from billing.models.logo import Logo
from billing.models.merchant import CatchUp, Channel, Currency, Language, Merchant, Weekend
from billing.models.number_sequence import NumberSequence
from billing.models.staff import Membership, Role, User
from billing.models.wrong_recipient import WrongRecipient

__all__ = [
    "ApiKey",
    "Bill",
    "CatchUp",
    "Channel",
    "Currency",
    "Customer",
    "Event",
    "IdempotencyKey",
    "Language",
    "Logo",
    "Membership",
    "Merchant",
    "NumberSequence",
    "Role",
    "User",
    "Weekend",
    "WrongRecipient",
]
