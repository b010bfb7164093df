from billing.services.api_keys import (
    InvalidApiKey,
    NoSuchApiKey,
    authenticate_api_key,
    issue_api_key,
    revoke_api_key,
)
from billing.services.bill_changes import (
    BillAmountInvalid,
    LessThanPaid,
    NothingToChange,
    PromiseHasPassed,
    change_bill,
    promise_bill,
)
from billing.services.bills import BillNotPending, NewBill, cancel_bill, create_bill, create_bills, settle_bill
from billing.services.channel_choices import EmailMissing, check_channel
from billing.services.channels import choose_bill_channel, choose_customer_channel
from billing.services.customers import StatedCustomer, upsert_customers
from billing.services.events import record_event, record_events
from billing.services.merchants import MerchantInvalid, create_merchant
from billing.services.numbers import take_numbers

__all__ = [
    "BillAmountInvalid",
    "BillNotPending",
    "EmailMissing",
    "InvalidApiKey",
    "LessThanPaid",
    "MerchantInvalid",
    "NewBill",
    "NoSuchApiKey",
    "NothingToChange",
    "PromiseHasPassed",
    "StatedCustomer",
    "authenticate_api_key",
    "cancel_bill",
    "change_bill",
    "check_channel",
    "choose_bill_channel",
    "choose_customer_channel",
    "create_bill",
    "create_bills",
    "create_merchant",
    "issue_api_key",
    "promise_bill",
    "record_event",
    "record_events",
    "revoke_api_key",
    "settle_bill",
    "take_numbers",
    "upsert_customers",
]
