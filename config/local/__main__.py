"""
`python config/local`, which is `make run` and `manage.py run_local`.

This process only starts and watches others, so it goes without Django and Celery, which would cost it 50 MB: it is
run as a folder, and takes the package `config` without its `__init__`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

_CONFIG = Path(__file__).resolve().parents[1]

if not __package__:
    package = ModuleType("config")
    package.__path__ = [str(_CONFIG)]
    sys.modules["config"] = package
    sys.path[0] = str(_CONFIG.parent)

from config.local.launch import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
