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
    "payment_day": "يوم الدفع|يوم القسط|يوم الاستحقاق",
}


def names_of(code: str) -> list[str]:
    return [name for names in (_ENGLISH, _ARABIC) for name in names.get(code, "").split("|") if name]
