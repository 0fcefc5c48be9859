"""At which moment a question looks at the graph: event time (`as_of`), time of receipt (`known_at`), or both."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q


@dataclass(frozen=True)
class Moment:
    """`as_of`: what runs had proved by that event time; `known_at`: what the portal held at that time of receipt.

    Both are aware datetimes, None is now. Which names are one dataset is always today's answer.
    """

    as_of: datetime | None = None
    known_at: datetime | None = None

    def on_edges(self) -> Q:
        """Return the condition on Edge rows; ValueError with `known_at`, since Edge sums up only what is held now."""
        if self.known_at is not None:
            raise ValueError("Edge holds only what is known now: ask RunEdge with on_run_edges() for known_at.")
        return Q(first_seen__lte=self.as_of) if self.as_of else Q()

    def on_run_edges(self) -> Q:
        """Return the condition on RunEdge rows, whose ends are names: fold them into Dataset.root."""
        proved = Q(first_at__lte=self.as_of) if self.as_of else Q()
        if self.known_at is None:
            return proved & Q(known_to=None)
        return proved & Q(known_from__lte=self.known_at) & (Q(known_to=None) | Q(known_to__gt=self.known_at))
