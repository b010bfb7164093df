from billing.services.api_keys import (
    InvalidApiKey,
    NoSuchApiKey,
    authenticate_api_key,
    issue_api_key,
    revoke_api_key,
)
from billing.services.bills import BillNotPending, NewBill, cancel_bill, create_bill, settle_bill
from billing.services.customers import upsert_customer
from billing.services.events import record_event
from billing.services.merchants import MerchantInvalid, create_merchant
from billing.services.numbers import take_numbers

__all__ = [
    "BillNotPending",
    "InvalidApiKey",
    "MerchantInvalid",
    "NewBill",
    "NoSuchApiKey",
    "authenticate_api_key",
    "cancel_bill",
    "create_bill",
    "create_merchant",
    "issue_api_key",
    "record_event",
    "revoke_api_key",
    "settle_bill",
    "take_numbers",
    "upsert_customer",
]
