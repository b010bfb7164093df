"""
Runs a command whose process dies, as if by `kill -9`, exactly where it is told to:

    python -m tests.faults.dying_worker --marks FOLDER --at PLACE -- COMMAND …

A place is MODULE:FUNCTION[:before|after][@MODULE:FUNCTION]; there may be several, each with its own `--at`.

`COMMAND` is a module, as after `python -m`: celery, gunicorn or manage. `before` is before the function's first line
(the default), `after` once it has returned. With `@` it happens only inside a call of that other function. Each place
kills once: a file in the folder of marks remembers it, so whoever comes after passes. `--with-parent` ends the whole
process group, as when a machine loses its power; else only the process that is there, in a worker one of its children.
With `--when TEXT` it happens every time, but only where the text is among the function's arguments.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import os
import runpy
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where to die."""

    function: str
    is_after: bool
    within: str

    @classmethod
    def read(cls, text: str) -> Place:
        where, _, within = text.partition("@")
        function, _, when = where.rpartition(":")
        if when not in ("before", "after"):
            function, when = where, "before"
        return cls(function=function, is_after=when == "after", within=within)

    @property
    def mark(self) -> str:
        when = "after" if self.is_after else "before"
        return f"{when}-{self.function}-{self.within}".replace(":", ".").strip("-")


@dataclass(frozen=True, kw_only=True)
class Death:
    place: Place
    marks: Path
    with_parent: bool
    when: str

    def strike(self, arguments: object) -> None:
        """End this process, unless it happened here before."""
        if self.when not in repr(arguments):
            return
        try:
            (self.marks / self.place.mark).touch(exist_ok=bool(self.when))
        except FileExistsError:
            return
        if self.with_parent:
            os.killpg(os.getpgrp(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)

    def lay_in_wait(self) -> None:
        if not self.place.within:
            replace(self.place.function, self._wrap)
            return
        inside = threading.local()
        replace(self.place.within, lambda function: _noting(function, inside))
        replace(self.place.function, lambda function: self._wrap(function, inside))

    def _wrap(self, function: Callable[..., Any], inside: Any = None) -> Callable[..., Any]:
        @functools.wraps(function)
        def dying(*args: Any, **kwargs: Any) -> Any:
            is_here = inside is None or getattr(inside, "depth", 0) > 0
            if is_here and not self.place.is_after:
                self.strike((args, kwargs))
            answer = function(*args, **kwargs)
            if is_here and self.place.is_after:
                self.strike((args, kwargs))
            return answer

        return dying


def _noting(function: Callable[..., Any], inside: Any) -> Callable[..., Any]:
    @functools.wraps(function)
    def noted(*args: Any, **kwargs: Any) -> Any:
        inside.depth = getattr(inside, "depth", 0) + 1
        try:
            return function(*args, **kwargs)
        finally:
            inside.depth -= 1

    return noted


def replace(name: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Put a wrapped function in the original's place, in its own module and wherever it was imported by name."""
    module_name, _, path = name.partition(":")
    owner: Any = importlib.import_module(module_name)
    *parents, last = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    original = getattr(owner, last)
    wrapped = wrap(original)
    setattr(owner, last, wrapped)
    for module in list(sys.modules.values()):
        for key in [key for key, value in getattr(module, "__dict__", {}).items() if value is original]:
            setattr(module, key, wrapped)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--at", action="append", type=Place.read, required=True)
    parser.add_argument("--marks", type=Path, required=True)
    parser.add_argument("--with-parent", action="store_true")
    parser.add_argument("--when", default="")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    for module in ("config.celery", "config.wsgi", "invoices.tasks", "invoices.services.sweeps"):
        importlib.import_module(module)
    for place in options.at:
        death = Death(place=place, marks=options.marks, with_parent=options.with_parent, when=options.when)
        death.lay_in_wait()
    sys.argv = options.command
    runpy.run_module(options.command[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
