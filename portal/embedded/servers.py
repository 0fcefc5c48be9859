"""The private servers as one thing: start them all, stop them all."""

from pathlib import Path
from types import TracebackType

from portal.embedded import plan as plans
from portal.embedded import process
from portal.embedded.postgres import Postgres
from portal.embedded.valkey import Valkey


class Servers:
    """PostgreSQL and Valkey under `root`; with `estate`, a second Valkey that plays the demo's feature store."""

    def __init__(self, root: Path, *, estate: bool = False, durable: bool = True) -> None:
        self.plan = plans.load_or_make(root)
        self._estate = estate
        self._durable = durable
        self._build()

    def _build(self) -> None:
        root, password = self.plan.root, self.plan.password
        self.postgres = Postgres(self.plan, durable=self._durable)
        self.valkey = Valkey(root / "valkey", self.plan.valkey_port, password)
        self.estate_valkey = Valkey(root / "estate" / "valkey", self.plan.estate_valkey_port, password)

    def start(self) -> None:
        """Start every server; where another program has taken a port meanwhile, choose new ports and try again once."""
        try:
            self._start_all()
        except process.EmbeddedServerFailed:
            self.stop()
            if not any(process.listens(port) for port in self._ports()):
                raise
            self.plan = plans.choose_again(self.plan.root)
            self._build()
            self._start_all()

    def stop(self) -> None:
        """Stop in the reverse order; nothing that was committed is lost."""
        for server in (self.estate_valkey, self.valkey, self.postgres):
            server.stop()

    def dead(self) -> list[Postgres | Valkey]:
        """Servers that were started and have ended by themselves; `start` brings each back with its data."""
        started = [s for s in (self.postgres, self.valkey, self.estate_valkey) if s.running is not None]
        return [server for server in started if server.running is not None and server.running.poll() is not None]

    def _start_all(self) -> None:
        self.postgres.start()
        self.valkey.start()
        if self._estate:
            self.estate_valkey.start()

    def _ports(self) -> tuple[int, int, int]:
        return self.plan.postgres_port, self.plan.valkey_port, self.plan.estate_valkey_port

    def __enter__(self) -> "Servers":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
