from invoices.models.audit_run import AuditDifference, AuditRun
from invoices.models.delivery_attempt import DeliveryAttempt
from invoices.models.enquiry import Enquiry
from invoices.models.gateway_account import GatewayAccount
from invoices.models.gateway_callback import GatewayCallback
from invoices.models.invoice import Invoice
from invoices.models.message_template import MessageTemplate
from invoices.models.page_opening import PageOpening
from invoices.models.payment import Payment
from invoices.models.receipt_email import ReceiptEmail
from invoices.models.reminder import Reminder, ReminderChannel, ReminderStep

__all__ = [
    "AuditDifference",
    "AuditRun",
    "DeliveryAttempt",
    "Enquiry",
    "GatewayAccount",
    "GatewayCallback",
    "Invoice",
    "MessageTemplate",
    "PageOpening",
    "Payment",
    "ReceiptEmail",
    "Reminder",
    "ReminderChannel",
    "ReminderStep",
]
