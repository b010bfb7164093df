from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class SandboxAccount(models.Model):
    """
    A merchant as the gateway knows it.

    The keys lie here in the open: they encrypt pretended money only.
    """

    merchant_code = models.CharField(max_length=40)
    access_code = models.CharField(max_length=100, unique=True)
    secret_key = models.CharField(max_length=32)
    iv_key = models.CharField(max_length=16)
    login_username = models.CharField(max_length=150, blank=True)
    login_password = models.CharField(max_length=150, blank=True)
    currency = models.CharField(max_length=3)
    return_url = models.CharField(max_length=500, blank=True)
    webhook_url = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "sandbox account"

    def __str__(self) -> str:
        return self.merchant_code

    @property
    def needs_login(self) -> bool:
        return bool(self.login_username)
