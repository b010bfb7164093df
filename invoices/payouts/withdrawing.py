"""Taking a statement back: it was read in the wrong way, or is somebody else's."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Job, User
from invoices.models import GatewayStatement, GatewayStatementLine
from invoices.payouts.matching import match_lines, take_turn

Finding = GatewayStatementLine.Finding


class StatementIsUnderWay(DomainError):
    code = "STATEMENT_IS_UNDER_WAY"
    message = gettext_noop("This statement is still being imported. Stop its job first, or wait until it is done.")


class StatementIsWithdrawn(DomainError):
    code = "STATEMENT_IS_WITHDRAWN"
    message = gettext_noop("This statement was withdrawn already. Upload its file again to have it back.")


@transaction.atomic
def withdraw_statement(*, merchant_id: int, statement_id: int, user: User, now: datetime) -> GatewayStatement:
    """
    Forget its lines, so that the same file can be imported again. What was booked does not change: no line booked it.

    :raises StatementIsUnderWay: :raises StatementIsWithdrawn:
    """
    statements = GatewayStatement.objects.select_for_update(of=("self",)).select_related("job")
    statement = statements.get(merchant_id=merchant_id, pk=statement_id)
    if statement.withdrawn_at is not None:
        raise StatementIsWithdrawn
    if not statement.job.is_over:
        raise StatementIsUnderWay
    forget_lines(statement)
    statement.withdrawn_by, statement.withdrawn_at = user, now
    statement.save(update_fields=["withdrawn_by", "withdrawn_at"])
    Job.objects.filter(pk=statement.job_id).update(fingerprint=None)
    match_lines(merchant_id=merchant_id)
    return statement


def forget_lines(statement: GatewayStatement) -> None:
    """What repeated one of them elsewhere may be the first now, and is compared again."""
    take_turn(statement.merchant_id)
    repeated = GatewayStatementLine.objects.filter(merchant_id=statement.merchant_id, finding=Finding.DOUBLED)
    repeated.update(finding=Finding.NEW)
    statement.lines.all().delete()
