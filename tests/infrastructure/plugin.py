"""Loaded by `-p` in pyproject.toml, so that the servers run before anything reads Django's settings."""

from __future__ import annotations

import pytest

from tests.infrastructure.session import TestSession

SESSION = pytest.StashKey[TestSession]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--one-of-two", action="store_true", help="Leave out what the run on the other database proves.")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    session = TestSession()
    early_config.add_cleanup(session.stop)
    session.start()
    early_config.stash[SESSION] = session


def pytest_report_header(config: pytest.Config) -> list[str]:
    session = config.stash[SESSION]
    return [f"database: {session.database}", f"valkey: port {session.valkey.port}"]
