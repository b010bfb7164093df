"""Any one segment stands for the username: whether a merchant is called so is for the key's check to say."""

from __future__ import annotations

from django.urls import re_path

from billing.api.views import AddBill

urlpatterns = [
    re_path(r"^(?P<username>[^/]+)/v1/add/bill/?\Z", AddBill.as_view(), name="add-bill"),
]
