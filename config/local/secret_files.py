"""Files under var/ that only their owner may read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_secret(path: Path, text: str) -> None:
    """Replaces the file. It is never readable to others, not even for a moment."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)


def read_or_create_password(path: Path) -> str:
    """The password kept there; a new random one when there is none."""
    if not path.exists():
        write_secret(path, secrets.token_urlsafe(15) + "\n")
    return path.read_text().strip()
