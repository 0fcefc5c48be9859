"""The whole portal under one foreground command: servers, web, worker and beat, started and stopped together."""

import fcntl
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from portal import environment as env
from portal.embedded import process
from portal.embedded.servers import Servers

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(env.text("CUSTODY_VAR") or ROOT / "var").resolve()
PORT = env.whole("PORT", 8000)
PATIENCE_S = 240  # a part that ends is seen at once; one that only starts slowly, on a busy machine, is waited for


@dataclass
class Part:
    """One process of the portal, started again when it dies."""

    name: str
    command: list[str]
    running: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: list[float] = field(default_factory=list)

    @property
    def log(self) -> Path:
        return VAR / "log" / f"{self.name}.log"

    def start(self) -> None:
        self.running = process.start(self.command, self.log, signal.SIGTERM)
        self.started_at = time.monotonic()


class StartFailed(RuntimeError):
    """The portal could not be started; the message says which step failed."""


def main() -> int:
    """Run until Ctrl-C or SIGTERM; the exit code is 0 then, 1 where a part would not start."""
    for each in (signal.SIGTERM, signal.SIGINT):  # a shell starts background jobs with Ctrl-C ignored
        signal.signal(each, _interrupt)
    VAR.mkdir(parents=True, exist_ok=True)
    alone = _claim()
    if alone is None:
        _say(f"another run uses {VAR}; stop it first, or set CUSTODY_VAR to another folder.")
        return 1
    servers = None
    parts = _parts()
    try:
        servers = _servers()
        _prepare()
        for part in parts:
            part.start()
        _wait_until_usable(parts)
        _announce()
        _watch(parts, servers)
    except KeyboardInterrupt:
        _say("stopping …")
        return 0
    except (StartFailed, process.EmbeddedServerFailed, env.SettingRefused) as error:
        _say(str(error))
        return 1
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _stop(parts)
        if servers:
            servers.stop()
        _say("stopped; everything that was accepted is kept.")
    return 0


def _claim() -> IO[str] | None:
    """Hold the folder for this run, or None where another run holds it; the lock goes with its process."""
    handle = (VAR / "run.lock").open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _servers() -> Servers | None:
    if env.text("DATABASE_URL") and env.text("REDIS_URL"):
        _say("using the servers that DATABASE_URL and REDIS_URL name.")
        return None
    _say(f"using private PostgreSQL and Valkey servers under {VAR} (set DATABASE_URL and REDIS_URL for your own).")
    servers = Servers(VAR, estate=env.flag("CUSTODY_DEMO"))
    servers.start()
    return servers


def _prepare() -> None:
    _manage("preparing database and static files", "prepare")


def _manage(what: str, *arguments: str) -> None:
    _say(f"{what} …")
    done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, check=False)  # noqa: S603 - ours
    if done.returncode:
        raise StartFailed(f"{what} failed (exit {done.returncode}); the reason stands above.")


def _parts() -> list[Part]:
    python = sys.executable
    granian = [
        python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(PORT),
        "--workers", "2", "--blocking-threads", "8", "--backpressure", "64", "--no-ws",
        "--workers-kill-timeout", "10", "--respawn-failed-workers", "portal.wsgi:application",
    ]  # fmt: skip
    celery = [python, "-m", "celery", "-A", "portal.celery:app"]
    beat = [
        "beat", "--loglevel=WARNING", "--scheduler=portal.celery:DeclaredScheduler",
        f"--schedule={VAR / 'beat-schedule'}", "--pidfile=",
    ]  # fmt: skip
    return [
        Part("web", granian),
        Part(
            "worker",
            [*celery, "worker", "--concurrency=2", "--loglevel=WARNING", "-Ofair", "--without-mingle"],
        ),
        Part("beat", [*celery, *beat]),
    ]


def _wait_until_usable(parts: list[Part]) -> None:
    _say("starting web, worker and beat …")

    def usable() -> bool:
        dead = [p for p in parts if p.running and p.running.poll() is not None]
        if dead:
            raise StartFailed(f"{dead[0].name} ended at once; {dead[0].log} ends:\n{process.tail(dead[0].log, 15)}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    if not process.wait_until(usable, PATIENCE_S, pause_s=0.1):
        raise StartFailed(f"The portal did not answer on port {PORT} within {PATIENCE_S} s; see {VAR / 'log'}.")


def _announce() -> None:
    if env.flag("CUSTODY_DEMO"):
        _manage("moving the demo's data for the first time", "demo_start")
    _say(f"http://localhost:{PORT}")


def _watch(parts: list[Part], servers: Servers | None) -> None:
    failures = 0
    while True:
        time.sleep(0.5)
        failures = _revive_servers(servers, failures) if servers else 0
        for part in parts:
            if part.running and part.running.poll() is not None:
                _revive(part)


def _revive_servers(servers: Servers, failures: int) -> int:
    """Start dead servers again; a killed PostgreSQL refuses for as long as its last sessions live."""
    for server in servers.dead():
        _say(f"{type(server).__name__} died; starting it again with its data.")
        try:
            server.start()
        except process.EmbeddedServerFailed:
            if failures >= 20:
                raise
            return failures + 1
    return 0


def _revive(part: Part) -> None:
    now = time.monotonic()
    part.deaths = [t for t in part.deaths if now - t < 60] + [now]
    if len(part.deaths) > 10:
        raise StartFailed(f"{part.name} died more than ten times within a minute; see {part.log}.")
    _say(f"{part.name} died (exit {part.running.returncode if part.running else '?'}); starting it again.")
    time.sleep(min(0.2 * 2 ** len(part.deaths), 5))
    part.start()


def _stop(parts: list[Part]) -> None:
    running = [p.running for p in parts if p.running]
    for each in running:
        if each.poll() is None:
            each.terminate()
    for each in running:
        process.stop(each)


def _say(text: str) -> None:
    sys.stdout.write(f"custody: {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
