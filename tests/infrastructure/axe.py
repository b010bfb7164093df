"""axe-core in a page, against the rules of WCAG 2.2 AA."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Final

import axe_playwright_python

_SCRIPT: Final = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Any, *, impacts: Collection[str] = (), only: Sequence[str] = ()) -> list[str]:
    """
    What is wrong on the page as it is now, one line for each element.

    :param impacts: only these, as axe names them; by default all
    :param only: these rules instead of WCAG's
    """
    if not page.evaluate("typeof window.axe !== 'undefined'"):
        page.evaluate(_SCRIPT)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then(done => done.violations)",
        {"type": "rule", "values": list(only)} if only else _RULES,
    )
    wrong = [rule for rule in found if not impacts or rule["impact"] in impacts]
    return [f"{rule['id']}: {node['html'][:120]} ({rule['help']})" for rule in wrong for node in rule["nodes"]]
