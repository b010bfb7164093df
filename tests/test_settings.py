"""Settings come from the environment alone, and production does not start with careless ones."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
SECRETS = ["SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "API_KEY_HMAC_KEY"]
PRODUCTION = {
    "DEBUG": "0",
    "SANDBOX_GATEWAY": "0",
    "PUBLIC_BASE_URL": "https://billing.example.com",
    "ALLOWED_HOSTS": "billing.example.com",
    "DATABASE_URL": "postgres://billing@127.0.0.1/billing",
    "EMAIL_HOST": "mail.example.com",
    "DEFAULT_FROM_EMAIL": "Billing <billing@example.com>",
    **{name: f"{name.lower()}-{'x7Q-b2' * 9}" for name in SECRETS},
}


def run_python(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """In a process whose environment is only this."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def read_setting(name: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    program = f"from django.conf import settings; print(settings.{name})"
    return run_python("-c", program, environment={"DJANGO_SETTINGS_MODULE": "config.settings", **environment})


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in PRODUCTION.items() if key != name}


def test_production_starts_with_every_secret_set() -> None:
    answer = read_setting("DEBUG", PRODUCTION)

    assert (answer.stdout, answer.returncode) == ("False\n", 0), answer.stderr


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("value", [None, "", "short", "development-only-" + "x" * 40])
def test_production_refuses_a_missing_short_or_development_secret(name: str, value: str | None) -> None:
    environment = without(name) | ({} if value is None else {name: value})

    answer = read_setting("DEBUG", environment)

    assert answer.returncode != 0
    assert f"{name} must be set to a random value of at least 32 characters" in answer.stderr
    assert not value or value not in answer.stderr


def test_development_needs_no_setting_at_all() -> None:
    assert read_setting("DEBUG", {}).stdout == "True\n"


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_can_be_read_from_a_file(name: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from-a-file-" + "y" * 30)

    answer = read_setting(name, without(name) | {f"{name}_FILE": str(secret)})

    assert "from-a-file-" + "y" * 30 in answer.stdout


def test_the_example_file_is_refused_until_it_is_filled_in() -> None:
    lines = (PROJECT / ".env.example").read_text().splitlines()
    example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))

    for name in SECRETS:
        answer = read_setting("DEBUG", PRODUCTION | {name: example[name]})
        assert f"{name} must be set" in answer.stderr


def test_production_settings_pass_the_deployment_check() -> None:
    answer = run_python("manage.py", "check", "--deploy", "--fail-level", "WARNING", environment=PRODUCTION)

    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize(("scheme", "expected"), [("redis", "False"), ("rediss", "CERT_REQUIRED")])
def test_a_broker_with_tls_has_to_show_its_certificate(scheme: str, expected: str) -> None:
    answer = read_setting("CELERY_BROKER_USE_SSL", PRODUCTION | {"REDIS_URL": f"{scheme}://broker:6379/0"})

    assert expected in answer.stdout, answer.stderr


def test_the_sandbox_gateway_is_refused_in_production() -> None:
    answer = run_python("manage.py", "check", environment=PRODUCTION | {"SANDBOX_GATEWAY": "1"})

    assert answer.returncode != 0
    assert "SANDBOX_GATEWAY" in answer.stderr


def test_every_setting_is_documented() -> None:
    source = (PROJECT / "config" / "settings.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source))
    documented = set(re.findall(r"^\| `([A-Z_]+)`", (PROJECT / "docs" / "settings.md").read_text(), re.MULTILINE))

    assert read - documented == set()
    assert documented - read == set()
