from invoices.models.audit_run import AuditDifference, AuditRun
from invoices.models.credit import Credit
from invoices.models.delivery_attempt import DeliveryAttempt
from invoices.models.enquiry import Enquiry
from invoices.models.figures import FiguresCount, MonthFigure, OpenFigure
from invoices.models.gateway_account import GatewayAccount
from invoices.models.gateway_callback import GatewayCallback
from invoices.models.gateway_statement import GatewayStatement, GatewayStatementLine
from invoices.models.invoice import Invoice
from invoices.models.message_template import MessageTemplate
from invoices.models.page_opening import PageOpening
from invoices.models.payment import Payment
from invoices.models.receipt_email import ReceiptEmail
from invoices.models.refund import Refund
from invoices.models.reminder import Reminder, ReminderChannel, ReminderStep
from invoices.models.shift import Shift, ShiftCount, ShiftEntry

__all__ = [
    "AuditDifference",
    "AuditRun",
    "Credit",
    "DeliveryAttempt",
    "Enquiry",
    "FiguresCount",
    "GatewayAccount",
    "GatewayCallback",
    "GatewayStatement",
    "GatewayStatementLine",
    "Invoice",
    "MessageTemplate",
    "MonthFigure",
    "OpenFigure",
    "PageOpening",
    "Payment",
    "ReceiptEmail",
    "Refund",
    "Reminder",
    "ReminderChannel",
    "ReminderStep",
    "Shift",
    "ShiftCount",
    "ShiftEntry",
]
