"""The gateway's statements are imported by whoever may hold them against the books."""

from billing.admin.imports.kinds import add_import
from billing.admin.roles import Right
from invoices.payouts.importing import GATEWAY_STATEMENTS

add_import(GATEWAY_STATEMENTS, right=Right.RECONCILE)
