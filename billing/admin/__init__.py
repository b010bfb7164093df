from billing.admin import (
    api_keys,
    imports,
    invitations,
    jobs,
    locks,
    log,
    memberships,
    staff,
    webhook_deliveries,
    webhooks,
)

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
