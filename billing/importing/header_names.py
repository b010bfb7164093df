"""What the headers of people's spreadsheets call our columns, beside their own titles. Case and spaces do not count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_ENGLISH: Final[Mapping[str, str]] = {
    "name": "customer|customer name|full name|client|client name|subscriber|payer",
    "phone": "customer phone|mobile|mobile number|mobile no|phone number|phone no|tel|telephone|cell|gsm",
    "email": "e-mail|mail|customer email|email address",
    "national_id": "national id|customer national id|national number|national no",
    "address": "customer address",
    "service": "service type|service name|item",
    "amount": "due amount|amount due|value|price|amount jod",
    "due_date": "due|due date|due day|date due|date",
    "reference": "ref|your reference|reference no|reference number|bill no|bill number|invoice no|invoice number",
    "description": "details|memo",
    "notes": "note|remarks|comment|comments",
    "type": "subscription type|plan|plan type",
    "product": "product name|item|service",
    "total": "total amount|sum",
    "payment": "monthly payment|recurring amount|installment|instalment|installment amount|each payment|amount",
    "payment_day": "day|day of month|due day",
    "transaction": "transaction id|transaction no|transaction number|transaction reference|txn id|rrn",
    "invoice_reference": "reference|reference no|reference number|merchant reference|order id|order no|your reference",
    "gateway_invoice": "invoice id|invoice no|invoice number|invoice",
    "kind": "type|transaction type|record type|operation",
    "gross": "gross amount|amount|transaction amount|paid amount",
    "fee": "fees|commission|charge|charges|mdr|fee amount",
    "net": "net amount|settled amount|payable",
    "paid_on": "date|payment date|transaction date|paid at|paid on|transaction time",
    "payout_reference": "payout id|payout no|settlement|settlement id|settlement no|batch|batch no|transfer no",
    "payout_on": "payout date|settlement date|value date|transfer date",
    "account_code": "merchant id|merchant no|mid",
    "payments": "payments|schedule|custom schedule|custom installments|installments|payment dates",
}
_ARABIC: Final[Mapping[str, str]] = {
    "name": "الاسم|اسم العميل|اسم الزبون|العميل|الزبون|اسم المشترك|المشترك|الاسم الكامل",
    "phone": "الهاتف|رقم الهاتف|الموبايل|رقم الموبايل|الجوال|رقم الجوال|الخلوي|رقم الخلوي|هاتف العميل",
    "email": "البريد الإلكتروني|البريد|الإيميل|بريد العميل",
    "national_id": "الرقم الوطني|رقم الهوية",
    "address": "العنوان|عنوان العميل",
    "service": "الخدمة|نوع الخدمة|اسم الخدمة",
    "amount": "المبلغ|القيمة|المبلغ المستحق|قيمة الفاتورة|مبلغ الفاتورة",
    "due_date": "تاريخ الاستحقاق|الاستحقاق|موعد الاستحقاق|التاريخ",
    "reference": "المرجع|الرقم المرجعي|رقم المرجع|رقم الفاتورة|رقم المطالبة",
    "description": "الوصف|البيان|التفاصيل",
    "notes": "ملاحظات|ملاحظة",
    "type": "النوع|نوع الاشتراك|نوع الخطة",
    "product": "المنتج|اسم المنتج|السلعة|الخدمة",
    "total": "المجموع|الإجمالي|المبلغ الإجمالي|المبلغ الكلي",
    "payment": "القسط|قيمة القسط|القسط الشهري|الدفعة|الدفعة الشهرية|قيمة الدفعة|المبلغ",
    "payments": "الدفعات|جدول الدفعات|الأقساط|مواعيد الدفعات",
    "payment_day": "يوم الدفع|يوم القسط|يوم الاستحقاق",
    "transaction": "الحركة|رقم الحركة|رقم المعاملة|مرجع الحركة|رقم العملية",
    "invoice_reference": "المرجع|الرقم المرجعي|رقم المرجع|مرجع التاجر|رقم الطلب|مرجعنا",
    "gateway_invoice": "رقم الفاتورة|معرف الفاتورة|الفاتورة",
    "kind": "النوع|نوع الحركة|نوع العملية|نوع السطر",
    "gross": "المبلغ|المبلغ الإجمالي|الإجمالي|قيمة الحركة|قيمة العملية",
    "fee": "الرسوم|العمولة|عمولة|رسوم|قيمة العمولة",
    "net": "الصافي|صافي|المبلغ الصافي|صافي المبلغ",
    "currency": "العملة",
    "paid_on": "تاريخ الدفع|تاريخ الحركة|تاريخ العملية|يوم الدفع|التاريخ",
    "payout_reference": "الحوالة|رقم الحوالة|رقم التحويل|رقم التسوية|التسوية",
    "payout_on": "تاريخ الحوالة|تاريخ التحويل|تاريخ التسوية",
    "account_code": "رمز التاجر|رقم التاجر|كود التاجر",
}


def names_of(code: str) -> list[str]:
    return [name for names in (_ENGLISH, _ARABIC) for name in names.get(code, "").split("|") if name]
