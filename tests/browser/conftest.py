from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as product

from tests.browser.town import BRISK, Town
from tests.infrastructure.live_databases import LiveDatabases, forget_connection
from tests.infrastructure.processes import Processes

SCREENSHOTS = Path(product.BASE_DIR) / "var" / "screenshots" / "walks"


@pytest.fixture(scope="package")
def running_town(
    live_databases: LiveDatabases, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """One for all walks, each of which has its own merchants: to start it takes longer than a walk."""
    with django_db_blocker.unblock():
        database = live_databases.create()
        processes = Processes(tmp_path_factory.mktemp("town"), database_url=database.url)
        with database.as_default():
            web = processes.gunicorn(env=BRISK, threads=16)
            addressed = BRISK | {"PUBLIC_BASE_URL": web.base_url}
            yield Town(web=web, worker=processes.celery_worker(env=addressed, arguments=["-B"]))
        processes.end()
        live_databases.drop(database)


@pytest.fixture
def town(running_town: Town, settings: Any, chromium: Any) -> Iterator[Town]:
    """The settings of its processes in this one too, where services run that are not reached through a process."""
    settings.PUBLIC_BASE_URL = running_town.web.base_url
    for name in ("GATEWAY_DEADLINE", "GATEWAY_LEASE"):
        setattr(settings, name, float(BRISK[name]))
    forget_connection()
    yield running_town
    forget_connection()


@pytest.fixture
def picture() -> Callable[[Any, str], None]:
    """Keeps how a page looks, to be looked at."""

    def take(page: Any, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(SCREENSHOTS / f"{name}.png"), full_page=True)

    return take


@pytest.fixture
def open_phone(chromium: Any) -> Iterator[Callable[..., Any]]:
    """`open_phone(language="ar", has_script=False)` gives an empty tab of a phone's width, without cookies."""
    contexts = []

    def open_one(*, language: str = "en", has_script: bool = True) -> Any:
        context = chromium.new_context(
            java_script_enabled=has_script, viewport={"width": 360, "height": 740}, locale=language
        )
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()
