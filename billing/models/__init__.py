from billing.models.access_mail import AccessMail
from billing.models.api_key import ApiKey
from billing.models.bill import Bill
from billing.models.customer import Customer
from billing.models.email_change import EmailChange
from billing.models.event import Event
from billing.models.idempotency_key import IdempotencyKey
from billing.models.import_file import ImportedRow, ImportFile, ImportMapping
from billing.models.invitation import Invitation
from billing.models.job import Job, JobApproval, JobRow
from billing.models.logo import Logo
from billing.models.merchant import Merchant
from billing.models.merchant_choices import CatchUp, Channel, Currency, Language, Weekend
from billing.models.number_sequence import NumberSequence
from billing.models.staff import Membership, Role, User
from billing.models.staff_session import StaffSession
from billing.models.webhook import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from billing.models.wrong_recipient import WrongRecipient

__all__ = [
    "AccessMail",
    "ApiKey",
    "Bill",
    "CatchUp",
    "Channel",
    "Currency",
    "Customer",
    "EmailChange",
    "Event",
    "IdempotencyKey",
    "ImportFile",
    "ImportMapping",
    "ImportedRow",
    "Invitation",
    "Job",
    "JobApproval",
    "JobRow",
    "Language",
    "Logo",
    "Membership",
    "Merchant",
    "NumberSequence",
    "Role",
    "StaffSession",
    "User",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "Weekend",
    "WrongRecipient",
]
