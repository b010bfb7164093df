from subscriptions.admin import importing

__all__ = ["importing"]
