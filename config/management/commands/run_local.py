from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config import local
from config.local import places


class Command(BaseCommand):
    help = "Run the whole product on this machine for trying it out, until Ctrl-C. `make run` calls this."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", default="", help="where to listen; else PORT, else 8000")

    def handle(self, *args: Any, port: str, **options: Any) -> None:
        environment = {**os.environ, **({"PORT": port} if port else {})}
        os.chdir(places.PROJECT)
        os.execve(  # noqa: S606  (our own interpreter)
            sys.executable, [sys.executable, str(Path(local.__file__).parent)], environment
        )
