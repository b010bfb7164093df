"""Starts the local processes in order, watches them, stops them in order."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence

from config.local import commands, places
from config.local.banner import banner
from config.local.children import Child
from config.local.health import answers_health_check
from config.local.log_warnings import LogWarnings
from config.local.parent import Parent
from config.local.valkey import valkey_command

_LOOK_INTERVAL = 0.2
_START_SECONDS = 60.0
# gunicorn and Celery get so long to finish what they are at; all in all we stop within five seconds.
_STOP_SECONDS = 3.0


class StopWanted(Exception):
    """The reader, or make, asked us to stop."""


class ChildEnded(Exception):
    """One of the processes ended by itself."""


class StartFailed(Exception):
    """Something did not come up in time."""


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Supervisor:
    def __init__(self, environment: Mapping[str, str], *, port: int, valkey_port: int | None) -> None:
        """
        :param environment: of all processes
        :param port: where the web server will listen
        :param valkey_port: where our own Valkey will listen; None when REDIS_URL names another server
        """
        self._environment = environment
        self._port = port
        self._valkey_port = valkey_port
        self._parent = Parent()
        self._children: list[Child] = []
        self._warnings: dict[str, LogWarnings] = {}
        self._stop_wanted = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note_signal)

    def run(self) -> int:
        """Until it is asked to stop (0) or something fails (1)."""
        try:
            self._start_all()
            say(self._banner())
            self._wait(lambda: False, seconds=None)
        except StopWanted:
            say("Stopping.")
            return 0
        except (ChildEnded, StartFailed) as failure:
            say(f"{failure} Stopping everything.")
            return 1
        finally:
            self._stop_all()
        return 0

    def _start_all(self) -> None:
        if self._valkey_port:
            self._start("valkey", valkey_command(port=self._valkey_port, folder=places.VAR))
        say("Preparing the database.")
        preparation = self._start("prepare", commands.preparation(), may_finish=True)
        # Beside it, which spares seconds: the banner waits for both.
        self._start("web", commands.web(self._port))
        self._wait(lambda: preparation.exit_code == 0, seconds=10 * _START_SECONDS)
        self._children.remove(preparation)
        self._start("worker", commands.worker())
        self._wait(lambda: answers_health_check(self._port), seconds=_START_SECONDS)

    def _start(self, name: str, command: Sequence[str], *, may_finish: bool = False) -> Child:
        child = Child(name, command, environment=self._environment, may_finish=may_finish)
        self._children.append(child)
        if name != "valkey":  # it warns of a kernel setting that matters to servers
            self._warnings[name] = LogWarnings(child.log_path)
        return child

    def _wait(self, condition: Callable[[], bool], *, seconds: float | None) -> None:
        """
        :raises StopWanted: when we are asked to stop
        :raises ChildEnded: when a process ends meanwhile
        :raises StartFailed: when the condition is not true in time
        """
        deadline = time.monotonic() + seconds if seconds else None
        while not condition():
            if self._stop_wanted or self._parent.wants_us_to_stop():
                raise StopWanted
            self._show_warnings()
            self._refuse_ended_children()
            if deadline and time.monotonic() > deadline:
                raise StartFailed(f"Nothing answers after {seconds:.0f} s; see var/logs/.")
            time.sleep(_LOOK_INTERVAL)

    def _show_warnings(self) -> None:
        for name, warnings in self._warnings.items():
            for line in warnings.new_lines():
                say(f"[{name}] {line[:300]}  (var/logs/{name}.log)")

    def _refuse_ended_children(self) -> None:
        for child in self._children:
            if child.has_failed:
                raise ChildEnded(
                    f"\n{child.last_lines()}\n\n'{child.name}' ended with code {child.exit_code}; "
                    f"its log is var/logs/{child.name}.log."
                )

    def _banner(self) -> str:
        demo = json.loads(places.DEMO_KEYS.read_text())["merchants"][0]
        return banner(
            base_url=self._environment["PUBLIC_BASE_URL"].rstrip("/"),
            password=places.ADMIN_PASSWORD.read_text().strip(),
            username=demo["username"],
            key=demo["key"],
        )

    def _stop_all(self) -> None:
        """Valkey last: the others still talk to it."""
        deadline = time.monotonic() + _STOP_SECONDS
        users = [child for child in self._children if child.name != "valkey"]
        for child in users:
            child.ask_to_stop()
        for child in users:
            child.wait(deadline - time.monotonic())
        for child in reversed(self._children):
            child.kill()

    def _note_signal(self, *_: object) -> None:
        self._stop_wanted = True
