"""Registers what a run hands out (answers, reports, scores) by opaque ids, so that each can be asked about.

An id names nobody: the portal refuses what looks like a person's address. Delivery is at least once; the portal takes
the same output twice as one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from portal.client.lineage.delivery import OUTPUTS, Delivery, EventRefused
from portal.client.lineage.emitter import Emitter

BATCH = 500


@dataclass(frozen=True)
class Output:
    """One thing that was handed out: its id, the product ("namespace/name") and the SHA-256 of its bytes, if known."""

    output_id: str
    product: str = ""
    digest: str = ""
    made_at: datetime | None = None

    def document(self, namespace: str, run_id: str) -> dict[str, str]:
        """The output as the API takes it."""
        made = (self.made_at or datetime.now(UTC)).astimezone(UTC).isoformat()
        said = {"namespace": namespace, "output_id": self.output_id, "product": self.product, "digest": self.digest}
        return {**said, "run_id": run_id, "made_at": made}


class Registrar(Emitter):
    """An emitter's way to the portal, for outputs: tried again, spooled (in `outputs/` of the spool) or raised."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._delivery = replace(self._delivery, path=OUTPUTS) if self._delivery else None

    def deliver(self, body: bytes) -> None:
        """The bytes of one batch; raises EventRefused where an output of it was refused, or PortalAway."""
        assert isinstance(self._delivery, Delivery)
        answer = self._delivery.send(body)
        failures = _failures(answer)
        if failures:
            raise EventRefused(422, f"{len(failures)} of the outputs were not registered: {failures[0]}")

    def register(self, outputs: Sequence[Output], run_id: str) -> None:
        """Register what a run handed out, BATCH at a time; raises EmitFailedError where `away` is `raise`."""
        rows = [each.document(self.namespace, run_id) for each in outputs]
        for start in range(0, len(rows), BATCH):
            self.send({"outputs": rows[start : start + BATCH]})


def registrar_of(emitter: Emitter) -> Registrar:
    """The registrar beside an emitter, with its address, token and patience."""
    return Registrar(
        url=emitter.url,
        token=emitter.token,
        namespace=emitter.namespace,
        timeout_s=emitter.timeout_s,
        tries=emitter.tries,
        away=emitter.away,
        spool=f"{emitter.spool}/outputs" if emitter.spool else None,
    )


def outputs_of(said: Any, product: str) -> list[Output]:
    """What `output_ids` gave, as outputs: an id, an Output, or several of them.

    >>> [each.output_id for each in outputs_of(["a-1", Output("a-2")], "shop/scores")]
    ['a-1', 'a-2']
    """
    several = [said] if isinstance(said, str | Output) else list(said or ())
    return [each if isinstance(each, Output) else Output(each, product) for each in several]


def _failures(answer: bytes) -> list[str]:
    try:
        document = json.loads(answer) if answer else {}
    except ValueError:
        return []
    rows = document.get("failures") if isinstance(document, dict) else None
    return [str(row.get("reason", "")) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
