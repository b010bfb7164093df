"""Sending a claimed receipt: outside every transaction, once, and then written down."""

from __future__ import annotations

import logging

from billing.clock import database_now
from billing.services.wrong_recipients import MessagesStopped, check_messages_go_on
from invoices.documents.availability import can_make_pdf
from invoices.documents.papers import print_paper, receipt_paper
from invoices.messages.texts import receipt_text
from invoices.messages.values import language_of
from invoices.models import MessageTemplate, Payment, ReceiptEmail
from invoices.services.mailing import Attachment, Posted, post
from invoices.services.message_templates import wordings_of
from invoices.services.receipt_emails.rows import record_receipt_outcome
from invoices.services.receipts import number_receipt

logger = logging.getLogger(__name__)


def send_receipt(receipt: ReceiptEmail) -> Posted:
    """Send what was claimed and write down what became of it."""
    posted = _send(receipt)
    record_receipt_outcome(receipt, posted, now=database_now())
    return posted


def _send(receipt: ReceiptEmail) -> Posted:
    payment = receipt.payment
    merchant, language = payment.merchant, language_of(payment.customer, payment.merchant)
    payment.receipt_no = payment.receipt_no or number_receipt(payment_id=payment.pk)
    message = receipt_text(payment, use=MessageTemplate.Use.RECEIPT_EMAIL, wordings=wordings_of(merchant))
    attachments = _printed(payment, language) if can_make_pdf() else []
    try:
        check_messages_go_on(customer_id=payment.customer_id)  # they may have been stopped since it was due
    except MessagesStopped as refusal:
        return Posted(status="NOT_SENT", detail=refusal.message)
    return post(message, to=receipt.address, sender=merchant.name_in(language), attachments=attachments)


def _printed(payment: Payment, language: str) -> list[Attachment]:
    try:
        paper = receipt_paper(payment, language=language)
        return [Attachment(name=paper.file_name, content=print_paper(paper), type="application/pdf")]
    except Exception:  # an e-mail without its paper is better than none: its link leads there
        logger.exception("payment %s: its receipt could not be printed", payment.pk)
        return []
