"""
The tests are worth something: a naive copy of the product, with one safeguard taken out, fails them.

Each copy is made in a temporary folder, loses one safeguard, and runs the tests that guard it.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.infrastructure.template import fill

pytestmark = pytest.mark.processes

PROJECT = Path(__file__).resolve().parents[2]
# What is compiled comes along: it is as good in another folder.
LEFT_OUT = shutil.ignore_patterns(".venv", ".git", "var", ".*_cache", ".hypothesis", "staticfiles")


@dataclass(frozen=True)
class Safeguard:
    """What is taken out, a constraint or `text` in `file` that becomes `naive`, and the tests that must miss it."""

    tests: str
    file: str = ""
    text: str = ""
    naive: str = ""
    constraint: str = ""

    def take_out(self, copy: Path, database: Path) -> None:
        if self.constraint:
            drop_constraint(database, self.constraint)
            return
        path = copy / self.file
        source = path.read_text()
        assert source.count(self.text) == 1, f"{self.file} has no such safeguard any more: {self.text}"
        path.write_text(source.replace(self.text, self.naive))


def drop_constraint(path: Path, name: str) -> None:
    """Where it is a part of its table that is made anew; no table has rows yet."""
    with closing(sqlite3.connect(path)) as database:
        ((kind, table, made),) = database.execute(
            "SELECT type, tbl_name, sql FROM sqlite_master WHERE sql LIKE ?", [f'%"{name}"%']
        ).fetchall()
        if kind == "index":
            database.execute(f'DROP INDEX "{name}"')
            return
        others = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type != 'table' AND sql IS NOT NULL"
        indexes = database.execute(others, [table]).fetchall()
        naive, count = re.subn(rf', CONSTRAINT "{name}" UNIQUE \([^)]*\)', "", made)
        assert count == 1
        for statement in (f'DROP TABLE "{table}"', naive, *(sql for (sql,) in indexes)):
            database.execute(statement)


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
        constraint="invoice_issue_of_a_bill_is_made_once",
    ),
    "two invoices of a bill can be live": Safeguard(
        "tests/invoices/test_issue_due.py -k database_itself",
        constraint="invoice_is_the_only_live_one_of_its_bill",
    ),
    "a transaction can be booked twice": Safeguard(
        "tests/invoices/test_gateway_payments.py -k database_itself",
        constraint="payment_is_recorded_once",
    ),
}


@pytest.fixture
def migrated(tmp_path: Path) -> Path:
    """The kept database that a copy begins with, for its migrations and models are ours."""
    kept = fill(f"sqlite:///{tmp_path / 'billing.sqlite3'}")
    assert kept is not None
    return kept


@pytest.mark.parametrize("name", SAFEGUARDS)
def test_a_copy_without_a_safeguard_fails(name: str, migrated: Path, tmp_path: Path) -> None:
    safeguard = SAFEGUARDS[name]
    copy = tmp_path / "copy"
    shutil.copytree(PROJECT, copy, ignore=LEFT_OUT)
    database = copy / migrated.relative_to(PROJECT)
    database.parent.mkdir(parents=True)
    shutil.copy(migrated, database)
    safeguard.take_out(copy, database)

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
