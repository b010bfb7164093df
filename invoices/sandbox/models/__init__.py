from invoices.sandbox.models.account import SandboxAccount
from invoices.sandbox.models.call import Operation, SandboxCall
from invoices.sandbox.models.fault import AppliesTo, FaultKind, SandboxFault
from invoices.sandbox.models.invoice import Channel, InvoiceStatus, SandboxInvoice
from invoices.sandbox.models.message import SandboxMessage
from invoices.sandbox.models.refund_request import SandboxRefundRequest
from invoices.sandbox.models.transaction import SandboxTransaction

__all__ = [
    "AppliesTo",
    "Channel",
    "FaultKind",
    "InvoiceStatus",
    "Operation",
    "SandboxAccount",
    "SandboxCall",
    "SandboxFault",
    "SandboxInvoice",
    "SandboxMessage",
    "SandboxRefundRequest",
    "SandboxTransaction",
]
