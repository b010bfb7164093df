"""A server of our own: it ends with the test run, however that ends."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    """Has the kernel end the child when the test run is killed."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def unprivileged_user() -> pwd.struct_passwd | None:
    """Who runs servers that refuse root: None when we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def start_server(
    command: Sequence[str], *, log_path: Path, user: pwd.struct_passwd | None = None
) -> subprocess.Popen[bytes]:
    identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    with log_path.open("ab") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            preexec_fn=_die_with_parent,
            **identity,
        )


def end_server(server: subprocess.Popen[bytes] | None, sent: int = signal.SIGTERM, *, timeout: float = 10) -> None:
    """Ends it, also when it was stopped by SIGSTOP or does not listen."""
    if server is None or server.poll() is not None:
        return
    server.send_signal(signal.SIGCONT)
    server.send_signal(sent)
    try:
        server.wait(timeout)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
