"""Where a deployment's events go, and what becomes of an event while the portal is away.

A pipeline is more important than the record of it: by default an event that cannot be delivered is a warning in the
log, with a spool folder it is kept and sent later, and only who asks for `raise` has runs fail for it.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.client.answers import PortalAway
from portal.client.lineage.delivery import Delivery, EventRefused
from portal.client.lineage.spool import Spool, SpoolFull

if TYPE_CHECKING:
    from portal.client.lineage.datasets import Dataset
    from portal.client.lineage.outputs import Output, Registrar
    from portal.client.lineage.runs import Run

REST_S = 30.0
RESENT_AT_ONCE = 50
_log = logging.getLogger("portal.client.lineage")


class EmitFailedError(RuntimeError):
    """An event did not reach the portal; the message says what it answered."""


class Away(StrEnum):
    """What to do with an event that cannot be delivered."""

    RAISE = "raise"
    WARN = "warn"
    SPOOL = "spool"


@dataclass
class Emitter:
    """One deployment's way to the portal, or to any other server that takes OpenLineage events.

    `url` empty: nothing is sent, which is said once in the log. `commit`, `image` and `repository` go before what is
    found out.
    """

    url: str
    token: str = field(default="", repr=False)
    namespace: str = "default"
    commit: str = ""
    image: str = ""
    timeout_s: float = 5.0
    tries: int = 5
    away: Away | str = Away.WARN
    spool: Path | str | None = None
    repository: str = ""

    def __post_init__(self) -> None:
        self.away = Away(self.away)
        if self.away is Away.SPOOL and not self.spool:
            raise ValueError("A spool needs a folder: give `spool`, or set CUSTODY_SPOOL.")
        self._delivery = Delivery(self.url, self.token, self.timeout_s, self.tries) if self.url else None
        self._spool = Spool(Path(self.spool)) if self.spool else None
        self._resting_until = 0.0
        self._registrar: Registrar | None = None
        self._lock = threading.Lock()

    def run(self, job: str, **options: Any) -> Run:
        """A run of `job`, to be used in a `with` block; the options are those of `runs.Run`."""
        from portal.client.lineage.runs import Run

        return Run(self, job, **options)

    def register(self, outputs: Sequence[Output], run_id: str) -> None:
        """Register what a run handed out; raises EmitFailedError where `away` is `raise`."""
        from portal.client.lineage.outputs import registrar_of

        with self._lock:
            self._registrar = self._registrar or registrar_of(self)
        self._registrar.register(outputs, run_id)

    def event(
        self, kind: str, job: str, run_id: str, inputs: Iterable[Dataset] = (), outputs: Iterable[Dataset] = ()
    ) -> None:
        """Send one run event by hand; raises EmitFailedError where `away` is `raise`."""
        self.send(self.run(job, inputs=inputs, outputs=outputs, run_id=run_id).document(kind))

    def send(self, document: Mapping[str, Any]) -> None:
        """Deliver one event, or do with it what `away` says; raises EmitFailedError where that is `raise`."""
        if self._delivery is None:
            self._once_say_that_nothing_is_sent()
            return
        body = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
        if self._spool and time.monotonic() < self._resting_until:
            self._undelivered(body, "it was away a moment ago")
            return
        try:
            self.deliver(body)
        except EventRefused as error:
            self._refused(body, error)
        except PortalAway as error:
            self._resting_until = time.monotonic() + REST_S
            self._undelivered(body, str(error), error)
        else:
            self._resend()

    def deliver(self, body: bytes) -> None:
        """The bytes of one event to the server; raises EventRefused or PortalAway."""
        assert self._delivery is not None
        self._delivery.send(body)

    def _refused(self, body: bytes, error: EventRefused) -> None:
        if error.mendable and self._spool:
            self._undelivered(body, str(error), error)
            return
        if self.away is Away.RAISE:
            raise EmitFailedError(str(error)) from error
        where = f" It lies in {self._spool.refuse(body, str(error))}." if self._spool else " It is lost."
        _log.warning("%s%s", error, where)

    def _undelivered(self, body: bytes, why: str, error: Exception | None = None) -> None:
        if self.away is Away.RAISE:
            raise EmitFailedError(why) from error
        if self._spool is None:
            _log.warning("An event was lost. %s", why)
            return
        try:
            path = self._spool.keep(body)
        except (OSError, SpoolFull) as failure:
            _log.warning("An event was lost: %s. %s", failure, why)
        else:
            _log.warning("An event waits in %s until the portal takes it. %s", path.parent, why)

    def _resend(self) -> None:
        """Send what waits, a little of it, now that the portal answers; one thread at a time."""
        if self._spool is None or self._delivery is None or not self._lock.acquire(blocking=False):
            return
        try:
            self._spool.resend(self._delivery, RESENT_AT_ONCE)
        finally:
            self._lock.release()

    def _once_say_that_nothing_is_sent(self) -> None:
        if not self._resting_until:
            self._resting_until = 1.0
            _log.warning("No lineage is sent: set CUSTODY_URL (or OPENLINEAGE_URL) to the portal's address.")


def emitter_from_environment(environment: Mapping[str, str] = os.environ) -> Emitter:
    """An emitter by CUSTODY_URL, CUSTODY_TOKEN and CUSTODY_NAMESPACE, else OPENLINEAGE_URL, _API_KEY and _NAMESPACE.

    CUSTODY_SPOOL names a folder for what cannot be delivered, CUSTODY_WHEN_AWAY is raise, warn or spool;
    OPENLINEAGE_DISABLED=true sends nothing. Raises ValueError with a sentence for a setting that is none.
    """

    def said(*names: str) -> str:
        return next((environment[name] for name in names if environment.get(name)), "")

    off = said("OPENLINEAGE_DISABLED").lower() in {"true", "1", "yes"}
    spool = said("CUSTODY_SPOOL")
    return Emitter(
        url="" if off else said("CUSTODY_URL", "OPENLINEAGE_URL"),
        token=_token(said("CUSTODY_TOKEN_FILE")) or said("CUSTODY_TOKEN", "OPENLINEAGE_API_KEY"),
        namespace=said("CUSTODY_NAMESPACE", "OPENLINEAGE_NAMESPACE") or "default",
        away=said("CUSTODY_WHEN_AWAY") or (Away.SPOOL if spool else Away.WARN),
        spool=spool or None,
    )


def _token(file: str) -> str:
    return Path(file).read_text(encoding="ascii").strip() if file else ""
