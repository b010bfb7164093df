"""
Runs a command whose process believes that it is another time:

    python -m tests.faults.wrong_clock SECONDS COMMAND …

`COMMAND` is a module, as after `python -m`. The clock on the wall is moved, the monotonic one is not: as on a machine
whose time somebody sets.
"""

from __future__ import annotations

import os
import runpy
import sys
from datetime import UTC, datetime, timedelta

import django
import time_machine


def main() -> None:
    shift = timedelta(seconds=float(sys.argv[1]))
    sys.argv = sys.argv[2:]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()  # imported at the right time: libraries look at certificates, logs and the like
    with time_machine.travel(datetime.now(UTC) + shift, tick=True):
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
