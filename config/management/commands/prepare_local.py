from __future__ import annotations

import json
import os
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from billing.models import ApiKey
from config.local import places
from config.local.banner import ADMIN_EMAIL, ADMIN_NAME
from config.local.secret_files import read_or_create_password


class Command(BaseCommand):
    help = "Migrate the local database, and see to a demo merchant and an admin login. Part of run_local."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("This makes an administrator whose password lies in a file. Set DEBUG=1 to have it.")
        os.umask(0o077)
        call_command("migrate", verbosity=0)
        # Every time: the sandbox gateway's address moves with the port.
        call_command("seed_demo", keys_out=None if demo_keys_are_valid() else str(places.DEMO_KEYS))
        see_to_admin()


def demo_keys_are_valid() -> bool:
    """Whether the keys kept from an earlier run belong to this database."""
    if not places.DEMO_KEYS.exists():
        return False
    demo = json.loads(places.DEMO_KEYS.read_text())
    prefix = demo["merchants"][0]["key"][: demo["prefix_len"]]
    return ApiKey.objects.filter(prefix=prefix, revoked_at=None).exists()


def see_to_admin() -> None:
    """A superuser with the password kept in var/, also after that file or the database was deleted."""
    password = read_or_create_password(places.ADMIN_PASSWORD)
    users = get_user_model().objects
    admin = users.filter(username=ADMIN_NAME).first() or users.create_superuser(ADMIN_NAME, email=ADMIN_EMAIL)
    if not admin.check_password(password):
        admin.set_password(password)
        admin.save(update_fields=["password"])
