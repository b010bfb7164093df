from __future__ import annotations

from tests.faults.conftest import gateway, hasty_settings, make_world, office

__all__ = ["gateway", "hasty_settings", "make_world", "office"]
