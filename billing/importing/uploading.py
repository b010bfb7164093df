"""Taking a file in, and forgetting it."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import datetime, timedelta
from typing import Final

from billing.importing.files import read_file
from billing.importing.kinds import ImportKind
from billing.models import ImportFile, Merchant, User

FILES_LIVE: Final = timedelta(days=7)
_LONGEST_NAME: Final = 100


def take_file(
    *, merchant: Merchant, kind: ImportKind, name: str, content: bytes, uploaded_by: User, now: datetime
) -> ImportFile:
    """
    The file, kept once it is known that it can be read.

    :raises FileRefused:
    """
    read_file(content)
    return ImportFile.objects.create(
        merchant=merchant,
        kind=kind.code,
        name=shown_name(name),
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
        uploaded_by=uploaded_by,
        uploaded_at=now,
    )


def shown_name(name: str) -> str:
    """What the person calls it, for people only: no folders, nothing invisible, never opened."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(character for character in last if not unicodedata.category(character).startswith("C"))
    return seen.strip()[-_LONGEST_NAME:] or "—"


def forget_files(*, now: datetime) -> int:
    """Files of a week ago, with the people in them; what was imported from them stays."""
    forgotten, _by_model = ImportFile.objects.filter(uploaded_at__lt=now - FILES_LIVE).delete()
    return forgotten
