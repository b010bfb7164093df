"""schemathesis: what the OpenAPI document allows is accepted, what it does not is refused, every answer is in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from schemathesis.generation import GenerationMode

from billing.models import Bill
from subscriptions.models import Subscription
from tests.factories import make_api_key, make_merchant
from tests.infrastructure.live_databases import LiveDatabase
from tests.infrastructure.processes import WebServer

PROBES = 60


@pytest.fixture
def documented_api(live_database: LiveDatabase, gunicorn: Callable[..., WebServer]) -> Any:
    merchant = make_merchant(bills_per_hour=0, subscriptions_per_hour=0)
    config = SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "auth": {"openapi": {"ApiKey": {"api_key": make_api_key(merchant)}}},
            "parameters": {"path.username": merchant.username},
            "generation": {"deterministic": True, "max-examples": PROBES, "database": "none"},
            "checks": {"positive_data_acceptance": {"expected-statuses": ["200"]}},
            "phases": {"stateful": {"enabled": False}},
        }
    )
    server = gunicorn(threads=2)
    return schemathesis.openapi.from_url(f"{server.base_url}/docs/openapi.json", config=config)


@schemathesis.hook("before_call")
def make_values_agree(context: Any, case: Any, kwargs: Any) -> None:
    """What no JSON schema can say: a key is new, amounts sum to a total or fit into it."""
    if re.fullmatch("[!-~]{1,255}", (case.headers or {}).get("Idempotency-Key", "")):
        case.headers["Idempotency-Key"] = uuid4().hex
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE or not isinstance(case.body, dict):
        return
    if case.body.get("subscriptionType") == "CUSTOM_SCHEDULE":
        amounts = [Decimal(str(entry["amount"])) for entry in case.body["customInstallments"]]
        case.body["totalAmount"] = float(sum(amounts))
    elif case.body.get("subscriptionType") == "FIXED_MONTHLY":
        case.body["totalAmount"] = case.body["monthlyPayment"]


def test_the_api_is_what_its_document_says(documented_api: Any) -> None:
    found: list[str] = []
    checked = 0
    for event in from_schema(documented_api).execute():
        if isinstance(event, FatalError | NonFatalError):
            found.append(str(event.info))
        elif isinstance(event, ScenarioFinished):
            for case_id, checks in event.recorder.checks.items():
                checked += len(checks)
                case = event.recorder.cases[case_id].value
                found += [f"{check.failure_info.failure}\n{case.body!r}" for check in checks if check.failure_info]

    assert not found, "\n\n".join(found[:20])
    assert checked > 10 * PROBES
    assert Bill.objects.exists()
    assert set(Subscription.objects.values_list("type", flat=True)) == set(Subscription.Type.values)
