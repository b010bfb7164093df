"""The office's screens. These register themselves; the layers above register the rest with what they add to them."""

from billing.admin.acts import jobs
from billing.admin.imports import screen as imports
from billing.admin.merchants import api_keys
from billing.admin.people import invitations, locks, log, memberships
from billing.admin.people import screen as staff
from billing.admin.webhooks import deliveries as webhook_deliveries
from billing.admin.webhooks import screen as webhooks

__all__ = [
    "api_keys",
    "imports",
    "invitations",
    "jobs",
    "locks",
    "log",
    "memberships",
    "staff",
    "webhook_deliveries",
    "webhooks",
]
