"""
The tests are worth something: a naive copy of the product, with one safeguard taken out, fails them.

Each copy is made in a temporary folder, loses one safeguard, and runs the tests that guard it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes

PROJECT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(".venv", ".git", "var", "__pycache__", ".*_cache", ".hypothesis", "staticfiles")
WITHOUT_CONSTRAINT = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("invoices", "{last}")]
    operations = [migrations.RemoveConstraint(model_name="{model}", name="{constraint}")]
"""


@dataclass(frozen=True)
class Safeguard:
    """What is taken out, `text` becoming `naive` in `file`, and the tests that must miss it."""

    tests: str
    file: str = ""
    text: str = ""
    naive: str = ""
    model: str = ""
    constraint: str = ""

    def take_out(self, copy: Path) -> None:
        if self.constraint:
            migrations = copy / "invoices" / "migrations"
            last = max(path.stem for path in migrations.glob("0*.py"))
            text = WITHOUT_CONSTRAINT.format(last=last, model=self.model, constraint=self.constraint)
            (migrations / "9999_naive.py").write_text(text)
            return
        path = copy / self.file
        source = path.read_text()
        assert source.count(self.text) == 1, f"{self.file} has no such safeguard any more: {self.text}"
        path.write_text(source.replace(self.text, self.naive))


SAFEGUARDS = {
    "a process that was stopped calls when its lease has run out": Safeguard(
        "tests/invoices/test_push_leases.py -k lease",
        "invoices/services/pushing/claims.py",
        "(policy.lease - policy.deadline - policy.margin)",
        "(policy.lease)",
    ),
    "a lease that ran out is taken for a call never made": Safeguard(
        "tests/invoices/test_push_leases.py -k died",
        "invoices/services/pushing/leases.py",
        "        delivery=Invoice.Delivery.UNKNOWN,\n",
        "        delivery=Invoice.Delivery.NEW,\n",
    ),
    "an outcome is written down without looking whose the lease is": Safeguard(
        "tests/invoices/test_push_leases.py -k older_claim",
        "invoices/services/pushing/outcomes.py",
        "delivery=Delivery.SENDING, lease_id=call.lease_id)",
        "delivery=Delivery.SENDING)",
    ),
    "a batch is written down without looking whose the leases are": Safeguard(
        "tests/invoices/test_push_batches.py -k newer_claim",
        "invoices/services/pushing/sent_rows.py",
        " AND {table}.lease_id = created.lease_id",
        "",
    ),
    "an account's calls under way are not counted": Safeguard(
        "tests/invoices/test_push_leases.py -k cap_holds",
        "invoices/services/pushing/admission.py",
        "limit - in_flight.get(account.pk, 0)",
        "limit",
    ),
    "the brake does not look at what was sent before": Safeguard(
        "tests/invoices/test_push_brake.py -k earlier_today",
        "invoices/services/pushing/brake.py",
        "    had = _messages_since(days, customers={invoice.customer_id for invoice in messages})\n",
        "    had = Counter[int]()\n",
    ),
    "a plan is invoiced as often as it is due": Safeguard(
        "tests/invoices/test_catching_up.py -k brake_lets_three",
        "subscriptions/missed.py",
        "    allowed = max(0, INVOICES_A_DAY - issued_today)\n",
        "    allowed = len(candidates)\n",
    ),
    "what follows a dead invoice by itself is not counted": Safeguard(
        "tests/invoices/test_successor_brake.py -k 'loop or falls_due'",
        "invoices/services/successors.py",
        ".update(renewed_on=today)",
        ".update(renewed_on=None)",
    ),
    "what a worker was lost with goes out among others": Safeguard(
        "tests/invoices/test_push_leases.py -k apart_from_all_others",
        "invoices/services/pushing/due_invoices.py",
        "            AND (lost_leases > 0) = %s\n",
        "            AND %s IS NOT NULL\n",
    ),
    "whatever a plan has missed is invoiced": Safeguard(
        "tests/invoices/test_catching_up.py -k held_for_approval",
        "subscriptions/missed.py",
        "if len(missed) > catch_up_after and catch_up != CatchUp.ISSUE_ALL:",
        "if False:",
    ),
    "an unknown outcome is sent again without an enquiry": Safeguard(
        "tests/invoices/test_push_due.py -k 'definite_answer'",
        "invoices/services/pushing/outcomes.py",
        "        delivery=Delivery.UNKNOWN,\n",
        "        delivery=Delivery.NEW,\n        next_attempt_at=now,\n",
    ),
    "one empty look is enough": Safeguard(
        "tests/invoices/test_look_at_unknown.py -k three_empty_looks",
        "invoices/services/enquiries/answers.py",
        "if looks < policy.looks or not is_long_ago:",
        "if False:",
    ),
    "a callback is believed": Safeguard(
        "tests/invoices/test_gateway_payments.py -k 'dear_invoice'",
        "invoices/services/enquiries/enquiry.py",
        " and claimed.reference == invoice.reference",
        "",
    ),
    "a bill can be issued first twice": Safeguard(
        "tests/invoices/test_issue_due.py -k database_itself",
        model="invoice",
        constraint="invoice_issue_of_a_bill_is_made_once",
    ),
    "two invoices of a bill can be live": Safeguard(
        "tests/invoices/test_issue_due.py -k database_itself",
        model="invoice",
        constraint="invoice_is_the_only_live_one_of_its_bill",
    ),
    "a transaction can be booked twice": Safeguard(
        "tests/invoices/test_gateway_payments.py -k database_itself",
        model="payment",
        constraint="payment_is_recorded_once",
    ),
}


@pytest.mark.parametrize("name", SAFEGUARDS)
def test_a_copy_without_a_safeguard_fails(name: str, tmp_path: Path) -> None:
    safeguard = SAFEGUARDS[name]
    copy = tmp_path / "copy"
    shutil.copytree(PROJECT, copy, ignore=LEFT_OUT)
    safeguard.take_out(copy)

    ended = subprocess.run(
        f"exec {sys.executable} -m pytest -q -x -p no:cacheprovider {safeguard.tests}",
        shell=True,
        cwd=copy,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert ended.returncode == 1, ended.stdout[-2000:] + ended.stderr[-2000:]
    assert "1 failed" in ended.stdout, ended.stdout[-2000:]


def _environment() -> dict[str, str]:
    """A test run of its own, not a part of this one."""
    ours = ("PYTEST_", "TEST_INFRASTRUCTURE", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"TEST_DATABASE": "sqlite"}
