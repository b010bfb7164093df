"""Phone numbers. Pure."""

from __future__ import annotations

import re
from typing import Final

JORDANIAN_MOBILE: Final = re.compile(r"07[0-9]{8}")


class InvalidPhone(ValueError):
    pass


def to_e164(local: str) -> str:
    """
    `0777839071` as `+962777839071`.

    :raises InvalidPhone: unless it is exactly 07 and eight ASCII digits (contract.md, step 7)
    """
    if JORDANIAN_MOBILE.fullmatch(local) is None:
        raise InvalidPhone(local)
    return "+962" + local[1:]


def mask_phone(phone: str) -> str:
    """`0777839071` as `07•••••071`: enough to recognise one's own, too little to call it."""
    if len(phone) < 6:
        return "•" * len(phone)
    return phone[:2] + "•" * (len(phone) - 5) + phone[-3:]
