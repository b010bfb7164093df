"""See billing.api.urls."""

from __future__ import annotations

from django.urls import re_path

from subscriptions.api.views import AddSubscription

urlpatterns = [
    re_path(r"^(?P<username>[^/]+)/v1/add/subscription/?\Z", AddSubscription.as_view(), name="add-subscription"),
]
