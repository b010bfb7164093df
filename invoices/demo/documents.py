"""What the demo merchant has billed: the four examples of the API document, and customers with Arabic names."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from billing.services import NewBill
from subscriptions.models import Subscription
from subscriptions.services import NewSubscription

BILLS: Final = (
    NewBill(
        customer_name="Razzbery Solutions",
        customer_phone="0777839071",
        customer_email="info@razzbery.com",
        customer_national_id="9876543210",
        customer_address="123 Main St, Amman, Jordan",
        service_type="Water Bill",
        amount=Decimal("150.50"),
        due_date=date(2025, 12, 31),
        description="Monthly water consumption bill",
        notes="Customer prefers email notifications",
    ),
    NewBill(
        customer_name="ليلى عبد الرحمن الخطيب",
        customer_phone="0795550123",
        service_type="فاتورة المياه",
        amount=Decimal("18.750"),
        due_date=date(2026, 1, 15),
        description="استهلاك المياه لشهر كانون الأول",
    ),
)

SUBSCRIPTIONS: Final = (
    NewSubscription(
        type=Subscription.Type.FIXED_MONTHLY,
        customer_name="Razzbery Solutions",
        customer_phone="0777839071",
        customer_email="info@razzbery.com",
        product_name="iPhone 15 Pro Max",
        total_amount=Decimal(1200),
        monthly_payment=Decimal(100),
        payment_day=5,
        description="iPhone 15 Pro Max 256GB Black",
    ),
    NewSubscription(
        type=Subscription.Type.CUSTOM_SCHEDULE,
        customer_name="Ahmad Ali",
        customer_phone="0791234567",
        customer_email="ahmad@razzbery.com",
        product_name="Laptop Dell XPS 15",
        total_amount=Decimal(900),
        custom_installments=(
            (date(2025, 12, 10), Decimal(300), "First payment"),
            (date(2026, 3, 10), Decimal(300), "Second payment"),
            (date(2026, 6, 10), Decimal(300), "Final payment"),
        ),
    ),
    NewSubscription(
        type=Subscription.Type.OPEN_ENDED,
        customer_name="Razzbery Solutions",
        customer_phone="0777839071",
        customer_email="info@razzbery.com",
        product_name="Gym Membership - Premium",
        recurring_amount=Decimal(25),
        payment_day=1,
        description="Premium gym membership",
    ),
)
