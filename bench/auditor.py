"""One audit of the whole book, as the nightly task makes it. Started by bench.audit."""

from __future__ import annotations

import json
import os
import time

from bench.issuer import peak_memory


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from billing.clock import database_now
    from invoices.audit.run import differences

    began = time.perf_counter()
    found = [difference.text for _, difference in zip(range(5), differences(now=database_now()), strict=False)]
    seconds = time.perf_counter() - began
    print(json.dumps({"found": found, "seconds": seconds, "megabytes": peak_memory()}))


if __name__ == "__main__":
    main()
