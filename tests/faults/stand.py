"""A whole portal of its own for tests that kill parts of it: servers, web, worker, in a folder that goes away."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from portal.embedded import plan as plans

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(happened: Callable[[], bool], patience_s: float, what: str) -> None:
    """Poll a condition of another process; fails with `what` when it does not come."""
    end = time.monotonic() + patience_s
    while not happened():
        assert time.monotonic() < end, f"{what} did not happen within {patience_s:g} s"
        time.sleep(0.05)


class Stand:
    """`make run` under `var`, without the demo unless it is asked for; it can be killed as a whole or in part."""

    def __init__(self, var: Path, *, demo: bool = False) -> None:
        self.var = var
        self.patience_s = 480 if demo else 240  # a start is 30 s alone and three times that beside other tests
        self.port = free_port()
        self.env = {
            k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
        } | {"CUSTODY_VAR": str(var), "PORT": str(self.port), "CUSTODY_DEMO": "1" if demo else ""}
        self.supervisor: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start and wait until the portal can be used."""
        log = (self.var / "supervisor.log").open("ab")
        log_size = log.tell()
        self.supervisor = subprocess.Popen(
            [sys.executable, "-m", "portal.supervisor"], cwd=ROOT, env=self.env, stdout=log, stderr=log
        )
        log.close()
        said = f"http://localhost:{self.port}\n"
        what = f"the start (see {self.var})"
        until(lambda: self.usable() and said in self.log_since(log_size), self.patience_s, what)

    def log_since(self, position: int) -> str:
        """What the supervisor has said from byte `position` of its log on."""
        return (self.var / "supervisor.log").read_bytes()[position:].decode()

    def usable(self) -> bool:
        """Whether /healthz answers 200."""
        assert self.supervisor is not None
        assert self.supervisor.poll() is None, (self.var / "supervisor.log").read_text()[-2000:]
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End the supervisor and return its exit code."""
        assert self.supervisor is not None
        self.supervisor.send_signal(how)
        return self.supervisor.wait(60)

    def processes(self, words: str = "") -> list[int]:
        """The living processes of this stand whose command line holds `words`."""
        found = []
        for each in Path("/proc").glob("[0-9]*"):
            try:
                mine = f"CUSTODY_VAR={self.var}".encode() in (each / "environ").read_bytes()
                command = (each / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue  # it ended while we looked
            if (mine or str(self.var) in command) and words in command and int(each.name) != os.getpid():
                found.append(int(each.name))
        return found

    def manage(self, *arguments: str) -> str:
        """Run a management command in this portal and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def python(self, code: str) -> str:
        """Run a snippet in a Django shell of this portal and return what it printed."""
        return self.manage("shell", "-v", "0", "-c", code)

    def run(self, name: str, **given: Any) -> dict[str, Any]:
        """Call a function of `tests.faults.office` inside this portal; what it gave."""
        code = f"import json; from tests.faults import office; print(json.dumps(office.{name}(**{given!r})))"
        return dict(json.loads(self.python(code).strip().splitlines()[-1]))

    def database(self) -> psycopg.Connection[Any]:
        """A session of the test's own on this portal's database."""
        return psycopg.connect(plans.load_or_make(self.var).database_url, autocommit=True)

    def valkey(self) -> int:
        """The process of this portal's Valkey: broker and cache."""
        return int((self.var / "valkey" / "pid").read_text())

    def web(self) -> list[int]:
        """The processes that serve requests, and the one that starts them again."""
        return self.processes("granian")
