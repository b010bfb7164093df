"""What people read when they ask for a document or verify one."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from invoices.pages.wordings import Wording

NOT_CLEARED_YET: Final = Wording(
    status=_("Not everything is paid yet"),
    icon="clock",
    tone="calm",
    advice=_("The clearance certificate can be opened here once every installment is paid."),
)
GENUINE: Final = Wording(
    status=_("This receipt is genuine"),
    icon="check",
    tone="good",
    advice=_("Compare it with the receipt in your hand: every line must be the same."),
)
GENUINE_BUT_REFUNDED: Final = Wording(
    status=_("This receipt is genuine, but money was given back"),
    icon="alert",
    tone="warn",
    advice=_("The payment was received as shown here. Since then it was refunded, wholly or in part."),
)
