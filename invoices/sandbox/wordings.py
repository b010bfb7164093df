"""What customers read, in the invoice's own language; apart from the product's translations."""

from __future__ import annotations

from typing import Final

MESSAGES: Final = {
    "en": "Dear {name}, merchant {merchant} has sent you an invoice of {amount} {currency}. "
    "Reference: {reference}. Pay here: {url}",
    "ar": "عزيزنا {name}، أرسل إليك التاجر {merchant} فاتورة بقيمة {amount} {currency}. "
    "الرقم المرجعي: {reference}. للدفع: {url}",
}

PAGE: Final = {
    "en": {
        "title": "Invoice",
        "merchant": "Merchant",
        "reference": "Reference",
        "customer": "Customer",
        "expires": "Valid until",
        "pay": "Pay",
        "decline": "Decline the payment",
        "PAYABLE": "Amount to pay",
        "PENDING": "Payment is being processed",
        "PAID": "Paid",
        "CANCELLED": "This invoice was cancelled",
        "EXPIRED": "This invoice has expired",
        "UNKNOWN": "There is no such invoice",
        "unknown_hint": "Check the link in your message, or ask the merchant for a new one.",
        "pretence": "Sandbox: no real money moves.",
    },
    "ar": {
        "title": "فاتورة",
        "merchant": "التاجر",
        "reference": "الرقم المرجعي",
        "customer": "العميل",
        "expires": "صالحة حتى",
        "pay": "ادفع",
        "decline": "رفض الدفع",
        "PAYABLE": "المبلغ المطلوب",
        "PENDING": "الدفع قيد المعالجة",
        "PAID": "مدفوعة",
        "CANCELLED": "أُلغيت هذه الفاتورة",
        "EXPIRED": "انتهت صلاحية هذه الفاتورة",
        "UNKNOWN": "لا توجد فاتورة بهذا الرابط",
        "unknown_hint": "تحقق من الرابط في رسالتك أو اطلب رابطًا جديدًا من التاجر.",
        "pretence": "بيئة تجريبية: لا تُحوَّل أي أموال حقيقية.",
    },
}
