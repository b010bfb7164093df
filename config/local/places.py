"""Where the local run keeps its files. Delete the folder var/ to begin anew."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
VAR = PROJECT / "var"
LOGS = VAR / "logs"
LOCK = VAR / "run.lock"
ADMIN_PASSWORD = VAR / "admin-password"
DEMO_KEYS = VAR / "demo-keys.json"
MAIL = VAR / "mail"
BEAT_SCHEDULE = VAR / "beat-schedule"
