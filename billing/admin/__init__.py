from billing.admin import api_keys, log, memberships, merchants, staff

__all__ = ["api_keys", "log", "memberships", "merchants", "staff"]
