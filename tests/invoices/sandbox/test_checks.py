from __future__ import annotations

from typing import Any

from django.core.checks import Tags, run_checks


def test_production_settings_are_an_error(settings: Any) -> None:
    settings.DEBUG = False

    assert [message.id for message in _sandbox_messages()] == ["sandbox.E001"]
    assert _sandbox_messages()[0].is_serious()


def test_development_settings_are_fine(settings: Any) -> None:
    settings.DEBUG = True

    assert _sandbox_messages() == []


def _sandbox_messages() -> list[Any]:
    return [each for each in run_checks(tags=[Tags.security]) if str(each.id).startswith("sandbox.")]
