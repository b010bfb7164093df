"""A process killed with -9 at each step of sending a receipt: the customer gets one e-mail or none, never two."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from billing.clock import database_now
from invoices.models import ReceiptEmail
from invoices.services.receipt_emails.rows import CLAIM_LASTS, release_dead_claims
from invoices.services.receipt_emails.run import send_due_receipts
from tests.factories import make_bill, make_merchant
from tests.infrastructure.live_databases import LiveDatabase
from tests.infrastructure.processes import Processes
from tests.invoices.acts import take
from tests.invoices.reminders.mail_server import mail_server

pytestmark = pytest.mark.processes

CLAIM = "invoices.services.receipt_emails.rows:claim_receipt"
POST = "invoices.services.mailing:post"
RECORD = "invoices.services.receipt_emails.rows:record_receipt_outcome"
# Where it dies, what is left of the receipt, how many e-mails left until then, and how many in the end.
STEPS = {
    "before the claim": (f"{CLAIM}:before", "DUE", 0, 1),
    "claimed and not sent": (f"{POST}:before", "CLAIMED", 0, 0),
    "sent and not written down": (f"{POST}:after", "CLAIMED", 1, 1),
    "all done": (f"{RECORD}:after", "SENT", 1, 1),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_process_that_dies_while_sending_a_receipt(
    live_database: LiveDatabase, processes: Processes, settings: Any, tmp_path: Path, step: str
) -> None:
    place, left, by_then, in_the_end = STEPS[step]
    take(make_bill(make_merchant(sends_receipts=True)), "1.000")
    (marks := tmp_path / "marks").mkdir()

    with mail_server("takes") as (port, messages):
        command = [sys.executable, "-m", "tests.faults.dying_worker", "--marks", str(marks), "--at", place]
        environment = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(port), "EMAIL_USE_TLS": "0"}
        died = processes.start([*command, "--", "manage", "sweep"], env=environment, name="dying")
        assert died.wait(90) == -signal.SIGKILL, died.log
        assert (ReceiptEmail.objects.get().status, len(messages)) == (left, by_then)

        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
        release_dead_claims(now=database_now() + CLAIM_LASTS)
        send_due_receipts(seconds=60)
        send_due_receipts(seconds=60)

        assert len(messages) == in_the_end
    assert ReceiptEmail.objects.get().status == ("UNKNOWN" if left == "CLAIMED" else "SENT")
