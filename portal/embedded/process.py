"""A child process that ends when its parent does, and, where the program refuses root, runs as nobody."""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1


class EmbeddedServerFailed(RuntimeError):
    """A private server did not come up; the message says which, where its log is and what it said last."""


def runs_as_root() -> bool:
    return os.geteuid() == 0


def unprivileged() -> pwd.struct_passwd:
    """The account that PostgreSQL runs under when we are root (it refuses to run as root)."""
    return pwd.getpwnam("nobody")


def as_nobody(command: Sequence[str]) -> list[str]:
    """Prefix that drops root for `command`, but lets it look through folders that only root may enter.

    A clone often lies below a folder of mode 0700; the data directory itself belongs to nobody, so read and search
    rights on the way there are all that is needed.
    """
    if not runs_as_root():
        return list(command)
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise EmbeddedServerFailed(
            "PostgreSQL does not run as root and `setpriv` (Debian package util-linux) is missing: install it, run "
            "as another user, or set DATABASE_URL and REDIS_URL to servers of your own."
        )
    account = unprivileged()
    capability = "+dac_read_search"
    return [
        setpriv, f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups",
        # initdb looks for `postgres` with access(2), which forgets capabilities unless this bit is set
        "--securebits=+no_setuid_fixup", f"--inh-caps={capability}", f"--ambient-caps={capability}",
        "--pdeathsig=INT", *command,
    ]  # fmt: skip


def start(command: Sequence[str], log: Path, stop_signal: int) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, its output appended to `log`; it receives `stop_signal` if we die."""
    libc = ctypes.CDLL(None, use_errno=True)

    def die_with_parent() -> None:
        libc.prctl(PR_SET_PDEATHSIG, stop_signal)

    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - the command is ours, never a user's
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )


def stop(process: subprocess.Popen[bytes], stop_signal: int = signal.SIGTERM, patience_s: float = 20) -> None:
    """Ask a process to end, and end it if it does not."""
    if process.poll() is not None:
        return
    process.send_signal(stop_signal)
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def end_stale(pid: int, marker: str, stop_signal: int = signal.SIGTERM, patience_s: float = 20) -> None:
    """End a server that an earlier, killed run left behind; `marker` must occur in its command line."""
    if not is_ours(pid, marker):
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, stop_signal)
        wait_until(lambda: not is_ours(pid, marker), patience_s)
    if is_ours(pid, marker):
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not is_ours(pid, marker), patience_s)


def is_ours(pid: int, marker: str) -> bool:
    """Whether process `pid` lives and has `marker` in its command line (pids are reused by the system)."""
    try:
        return marker.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def wait_until(happened: Callable[[], bool], patience_s: float, pause_s: float = 0.02) -> bool:
    """Poll until `happened()` or `patience_s` seconds are over; the answer says which."""
    end = time.monotonic() + patience_s
    while not happened():
        if time.monotonic() > end:
            return False
        time.sleep(pause_s)
    return True


def listens(port: int) -> bool:
    """Whether something answers on 127.0.0.1:`port`."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def tail(log: Path, lines: int = 5) -> str:
    """The last lines of a log, for an error message."""
    if not log.exists():
        return "(no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
