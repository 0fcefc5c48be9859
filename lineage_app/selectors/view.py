"""What of the graph a page is asked to show, as its address carries it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from django.utils.http import urlencode

from lineage_app.selectors.moments import Moment
from portal.core.diagrams import WINDOW_NODES

DEEPEST = 5
MOST_OPENED = 20
"""How many nodes or groups one address may open or fold."""


@dataclass(frozen=True)
class View:
    """Hops up and down (0 to DEEPEST), at which moment, and how what is found is shown.

    `jobs` draws jobs as nodes, `parts` shows the parts of a job instead of the whole; `group` is "", namespace or
    layer, of which `opened` and `closed` were asked for by hand; `expand` names nodes whose neighbours are added, as
    "12", "12-up" or "12-down"; `limit` is the number of nodes.
    """

    up: int = 1
    down: int = 1
    as_of: datetime | None = None
    known_at: datetime | None = None
    jobs: bool = False
    parts: bool = False
    group: str = ""
    expand: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    limit: int = WINDOW_NODES

    @property
    def moment(self) -> Moment:
        """When it looks at the graph."""
        return Moment(self.as_of, self.known_at)

    @property
    def query(self) -> str:
        """The view as a query, to carry it to the drawings: hops always, the rest where it is not the default."""
        asked: dict[str, Any] = {"up": self.up, "down": self.down}
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name not in asked and value != each.default:
                asked[each.name] = _text(value)
        return urlencode(asked, doseq=True)

    def expanding(self, token: str) -> "View":
        """The view with the neighbours of one more node."""
        return replace(self, expand=(*self.expand, token)[-MOST_OPENED:])

    def turning(self, group: str, *, folded: bool) -> "View":
        """The view with this group opened when it is `folded`, else folded."""
        rest = {name: tuple(each for each in getattr(self, name) if each != group) for name in ("opened", "closed")}
        name = "opened" if folded else "closed"
        return replace(self, **(rest | {name: (*rest[name], group)[-MOST_OPENED:]}))


def _text(value: Any) -> str | Sequence[str]:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, tuple) else str(int(value) if isinstance(value, bool) else value)
