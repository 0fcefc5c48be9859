"""The portal's web server as it runs in production: granian, WSGI, in a process of its own."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.stand import free_port

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def granian(
    database_url: str,
    redis_url: str,
    *,
    application: str = "portal.wsgi:application",
    port: int = 0,
    kill: bool = False,
    **env: str,
) -> Iterator[str]:
    """Serve `application` with 2 workers of 8 threads on 127.0.0.1 and yield its base URL.

    At the end it is asked to stop, or with `kill` it and its workers are killed.
    """
    port = port or free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    # A worker that is asked to stop while it still loads the portal never hears of it: it is killed then.
    command += ["--workers", "2", "--blocking-threads", "8", "--no-ws", "--workers-kill-timeout", "10", application]
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    settings = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "PORT": str(port), "LOG_LEVEL": "WARNING"}
    with subprocess.Popen(command, cwd=ROOT, env=kept | settings | env) as process:
        try:
            _wait(f"http://127.0.0.1:{port}/healthz", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            _end(process, kill=kill)


def _end(process: subprocess.Popen[bytes], *, kill: bool) -> None:
    """Leave nothing behind, whatever became of the server: who waits for it would wait for ever."""
    if not kill:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            kill = True
    if kill and process.poll() is None:
        _kill_all(process.pid)
    process.wait(20)


def _kill_all(pid: int) -> None:
    """SIGKILL to a server and its workers, the parent first so that it starts no new ones."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for each in [str(pid), *children]:
        os.kill(int(each), signal.SIGKILL)


def _wait(url: str, process: subprocess.Popen[bytes], patience_s: float = 120) -> None:
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        assert process.poll() is None, "the server ended before it was usable"
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except urllib.error.HTTPError:
            return  # it answers
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer within {patience_s:g} s")
