from billing.admin import api_keys, log, memberships, staff

__all__ = ["api_keys", "log", "memberships", "staff"]
