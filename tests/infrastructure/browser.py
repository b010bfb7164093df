"""A real Chromium, driven by playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

# It shall talk to our pages only.
_QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_binary() -> str | None:
    installed = "/usr/bin/chromium"
    return installed if Path(installed).exists() else shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def running_chromium(binary: str) -> Iterator[Browser]:
    """While it runs so does playwright's event loop; Django is told that its database calls are safe."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, headless=True, args=_QUIET)
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        try:
            yield browser
        finally:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
            browser.close()
