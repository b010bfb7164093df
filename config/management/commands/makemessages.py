"""`makemessages -l ar -l en`: Django's, over the product alone, in a form that changes only where texts do."""

from __future__ import annotations

from typing import Any, Final

from django.core.management.commands import makemessages

# The sandbox speaks the gateway's own language, developers' pages English.
_ELSEWHERE: Final = ["tests", "bench", "docs", "var", "staticfiles", ".venv", "invoices/sandbox*", "templates/sandbox*"]


class Command(makemessages.Command):
    # What a module that has `_` for lazy texts calls gettext itself.
    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=gettext_now"]
    # A guessed translation is a wrong one until somebody looks: better none, which a test finds.
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]
    msgattrib_options = ["--no-obsolete"]

    def handle(self, *args: Any, **options: Any) -> None:
        options["ignore_patterns"] = [*options["ignore_patterns"], *_ELSEWHERE]
        options["no_location"] = True
        super().handle(*args, **options)
