"""How far back lineage can be asked: before the horizon nothing is known any more, which is not the same as nothing."""

from datetime import datetime

from django.db.models import Max

from lineage_app.models import LineageHorizon, Run


def horizon() -> datetime | None:
    """Return the oldest event time that can be answered for, None while no event is kept.

    That is where the last removed archive ended, else the beginning of the run that ended first.
    """
    moved: datetime | None = LineageHorizon.objects.aggregate(at=Max("before"))["at"]
    return moved or Run.objects.order_by("last_at").values_list("first_at", flat=True).first()


def before_horizon(*asked: datetime | None) -> datetime | None:
    """Return the horizon when one of the times `asked` lies before it, for the page to say so; None otherwise."""
    times = [time for time in asked if time is not None]
    oldest = horizon() if times else None
    return oldest if oldest is not None and min(times) < oldest else None
