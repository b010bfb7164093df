"""Subscriptions are imported by whoever may make them by hand."""

from billing.admin.imports.kinds import add_import
from billing.admin.roles import Right
from subscriptions.importing import SUBSCRIPTIONS

add_import(SUBSCRIPTIONS, right=Right.MANAGE_PLANS)
