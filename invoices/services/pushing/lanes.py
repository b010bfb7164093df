"""The gateway accounts that one pushing task serves beside each other."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from billing.clock import database_now
from invoices.gateway.client import GatewayClient
from invoices.gateway.errors import CipherError, CredentialsRefused
from invoices.messages.wordings import Wordings
from invoices.models import GatewayAccount, MessageTemplate
from invoices.services.accounts import park_account
from invoices.services.gateways import client_for
from invoices.services.message_templates import wordings_by_merchant
from invoices.services.orders import order_of
from invoices.services.pushing.calls import Call, Ended
from invoices.services.pushing.quiet_hours import put_off_messages

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class Lane:
    """
    One account in a pushing task, with how many of its calls are under way.

    Another claim is worth while from `claims_at` on, by `time.monotonic()`.
    """

    account: GatewayAccount
    client: GatewayClient
    under_way: int = 0
    claims_at: float = 0.0
    wordings: Wordings = field(default_factory=Wordings)

    @property
    def is_done(self) -> bool:
        return not self.under_way and self.claims_at == math.inf

    def make(self, call: Call) -> Ended:
        """Call the gateway; what a failure means is decided where it is recorded."""
        try:
            order = order_of(call.invoice, account=self.account, wordings=self.wordings)
            created = self.client.create_invoice(order, today=call.today, give_up_at=call.give_up_at)
        except Exception as failure:
            return Ended(call=call, failure=failure)
        return Ended(call=call, created=created)


def open_lanes(account_ids: Iterable[int]) -> list[Lane]:
    """A lane for each account that can be called; the trouble of one is not another's."""
    lanes = []
    for account_id in account_ids:
        try:
            lanes.append(_open(account_id))
        except (CredentialsRefused, CipherError) as problem:
            park_account(account_id, reason=str(problem), now=database_now())
        except Exception:
            logger.exception("gateway account %s: its invoices cannot be sent", account_id)
    own = wordings_by_merchant({lane.account.merchant_id for lane in lanes}, use=MessageTemplate.Use.DESCRIPTION)
    for lane in lanes:
        lane.wordings = own.get(lane.account.merchant_id, lane.wordings)
    return lanes


def _open(account_id: int) -> Lane:
    account = GatewayAccount.objects.select_related("merchant").get(pk=account_id)
    lane = Lane(account, client_for(account))
    put_off_messages(account=account, now=database_now())
    return lane
