"""Looking at one system: what it holds of the subject, what erasing would do there, and the three probes as of now.

Each look runs in a thread of its own, which touches no table of the portal: a system that hangs costs its time and
no more, and its line says so.
"""

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from portal.core.catalog.domain.systems import SystemRefused
from portal.core.connectors import base as connectors
from privacy_app.models import Step
from privacy_app.services import attestations, machinery

WITHIN_S = 60.0
_log = logging.getLogger(__name__)


@dataclass
class Look:
    """One system being looked at: what it is asked with, and what it said or why it did not."""

    step: Step
    connector: connectors.Erasable
    config: connectors.SystemConfig
    target: connectors.Target
    subject: connectors.Subject
    found: connectors.Found | None = None
    said: dict[str, Any] = field(default_factory=dict)
    thread: threading.Thread | None = None

    def begin(self) -> None:
        """Start asking."""
        self.thread = threading.Thread(target=self._ask, daemon=True, name=f"look-{self.step.pk}")
        self.thread.start()

    def _ask(self) -> None:
        try:
            found = self.connector.discover(self.config, self.target, self.subject)
            plan = self.connector.plan(self.config, self.target, found)
            asked = self.config, self.target, self.subject
            probes = {
                "logical": self.connector.verify_logical(*asked),
                "decoded": self.connector.verify_decoded(*asked, found),
                "raw": self.connector.verify_raw(*asked, found),
            }
        except connectors.ConnectorError as error:
            self.said = {"error": str(error)}
        except Exception as error:  # noqa: BLE001 - whatever a driver raises, the system is a line with its error
            _log.error("looking at step %s failed by %s", self.step.pk, type(error).__name__)
            self.said = {"error": f"It answered with an error of kind {type(error).__name__}."}
        else:
            baseline = {name: {"hits": probe.hits, "reason": probe.reason} for name, probe in probes.items()}
            self.found, self.said = found, {**machinery.preview_of(plan), "baseline": baseline}

    def end(self, within_s: float) -> dict[str, Any]:
        """What it said, waited for at most so long."""
        if self.thread is None:
            raise RuntimeError("A look is begun before it is ended.")
        self.thread.join(max(within_s, 0))
        if self.thread.is_alive():
            return {"error": f"It did not answer within {WITHIN_S:.0f} seconds."}
        if self.found is not None:
            machinery.keep_found(self.step, self.found)
        return self.said


def see(steps: Iterable[Step], *, within_s: float = WITHIN_S) -> Iterator[tuple[Step, dict[str, Any]]]:
    """Each step with its preview; all of them are asked at the same time."""
    begun: list[Look] = []
    for step in steps:
        if attestations.is_by_hand(step.kind):
            yield step, attestations.preview(step)
            continue
        try:
            connector, config = machinery.reach(step.system, step.kind)
        except (connectors.ConnectorError, SystemRefused) as error:
            yield step, {"error": str(error)}
            continue
        made = Look(step, connector, config, machinery.target_of(step), machinery.subject_of(step.request))
        made.begin()
        begun.append(made)
    until = time.monotonic() + within_s
    for each in begun:
        yield each.step, each.end(until - time.monotonic())
