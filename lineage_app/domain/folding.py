"""Taking a subject's events in as they come: events in the order of their time cost one step each, a late one all."""

from collections.abc import Iterable
from datetime import datetime

from lineage_app.domain.edges import NOTHING, Derived, EdgeState, derive, edge_state
from lineage_app.domain.names import Name
from lineage_app.domain.runs import Received, RunState, apply

Firsts = dict[tuple[Name, Name, EdgeState], datetime]


def _order(item: Received) -> tuple[datetime, str]:
    return item.event.time, item.digest


class Fold:
    """The state of a subject after some of its events, what that proves, and since which event time anything, and each
    edge, is proved without a break.
    """

    def __init__(self) -> None:
        self.events: list[Received] = []
        self.derived: Derived = NOTHING
        self.firsts: Firsts = {}
        self.proved_at: datetime | None = None
        self._state: RunState | None = None

    @property
    def state(self) -> RunState:
        """The accumulated state; ValueError while there are no events."""
        if self._state is None:
            raise ValueError("A run without events has no state: pass at least one event.")
        return self._state

    def add(self, items: Iterable[Received]) -> None:
        """Take in events that are not among `events` yet."""
        new = sorted(items, key=_order)
        if not new:
            return
        late = bool(self.events) and _order(new[0]) < _order(self.events[-1])
        self.events += new
        if late:
            self.events.sort(key=_order)
            self._state, self.derived, self.firsts, self.proved_at = None, NOTHING, {}, None
        for item in self.events if late else new:
            self._apply(item)

    def _apply(self, item: Received) -> None:
        if self._state is None:
            self._state = RunState(kind=item.event.kind, first_at=item.event.time, last_at=item.event.time)
        apply(self._state, item)
        self.derived = derive(self._state) if edge_state(self._state) else NOTHING
        if self.derived.state is None:
            self.firsts, self.proved_at = {}, None
        else:
            self.proved_at = self.proved_at or item.event.time
            keys = [(src, dst, self.derived.state) for src, dst in self.derived.edges]
            self.firsts = {key: self.firsts.get(key, item.event.time) for key in keys}
