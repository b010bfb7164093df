"""The gateway accounts that one pushing task serves beside each other."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable
from dataclasses import dataclass

from billing.clock import database_now
from billing.fields import UnreadableSecret
from invoices.gateway.client import GatewayClient
from invoices.gateway.errors import CipherError, CredentialsRefused
from invoices.models import GatewayAccount
from invoices.services.accounts import park_account
from invoices.services.gateways import client_for
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

    @property
    def is_done(self) -> bool:
        return not self.under_way and self.claims_at == math.inf


def open_lanes(account_ids: Iterable[int]) -> list[Lane]:
    """A lane for each account that can be called; the trouble of one is not another's."""
    lanes = []
    for account_id in account_ids:
        try:
            lanes.append(_open(account_id))
        except (CredentialsRefused, CipherError, UnreadableSecret) as problem:
            park_account(account_id, reason=str(problem), now=database_now())
        except Exception:
            logger.exception("gateway account %s: its invoices cannot be sent", account_id)
    return lanes


def _open(account_id: int) -> Lane:
    account = GatewayAccount.objects.select_related("merchant").get(pk=account_id)
    lane = Lane(account, client_for(account))
    put_off_messages(account=account, now=database_now())
    return lane
