"""Counting a day: every target measured, the last look of the day kept, the day's digest in the ledger once it is over.

A target that falls is told to whoever answers for it on the same day, once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from contracts_app.selectors.on_main import main_counts
from lineage_app.selectors.graph_file import graph_file
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.services import record
from portal.core.identity.actors import system_actor
from portal.core.notify.services import enqueue
from portal.pages.scoreboard.duties import owners, people_of, raci_gaps
from portal.pages.scoreboard.evidence_kinds import DAY_COUNTED
from portal.pages.scoreboard.figures import Figure, Standing, not_measured
from portal.pages.scoreboard.models import Day
from portal.pages.scoreboard.notice_subjects import TARGETS
from portal.pages.scoreboard.registry import Target, targets

FAILED = "It could not be counted; the portal's log has the reason."
_log = logging.getLogger(__name__)


@transaction.atomic
def count(at: datetime) -> Day:
    """Measure every target as of `at` and keep it under the day; a later look of the day replaces it.

    Days that are over and not in the ledger yet go there first.
    """
    close_days(before=at.date())
    figures = {each.key: _measured(each, at) for each in targets()}
    kept = {
        "counted_at": at,
        "figures": {key: figure.numbers() for key, figure in figures.items()},
        "missing": {key: figure.listed() for key, figure in figures.items()},
        "facts": {"graph": _graph(at), "main": main_counts(), "owners": owners(), "raci": raci_gaps()},
        "example": False,
    }
    day, _ = Day.objects.update_or_create(day=at.date(), defaults=kept)
    _tell_of_falls(day, figures)
    return day


def close_days(*, before: date) -> int:
    """Record each day that is over; the number of days."""
    open_days = Day.objects.select_for_update().filter(day__lt=before, entry=None, example=False)
    for day in open_days.order_by("day"):
        payload: dict[str, str | int] = {
            "day": day.day.isoformat(),
            "targets": len(day.figures),
            "reached": sum(figure["standing"] == Standing.REACHED for figure in day.figures.values()),
            "figures_digest": figures_digest(day.figures),
        }
        day.entry = record(DAY_COUNTED, actor=system_actor("scoreboard.count"), payload=payload)
        day.save(update_fields=["entry"])
    return len(open_days)


def figures_digest(figures: dict[str, Any]) -> str:
    """The digest of a day's numbers: canonical JSON with every fraction as text, so that all readers agree."""
    return digest(canonical_bytes(as_text(figures)))


def as_text(value: Any) -> Any:
    """The same with fractions as text.

    >>> as_text({"value": 97.5, "total": 40, "parts": [1.0]})
    {'value': '97.5', 'total': 40, 'parts': ['1']}
    """
    if isinstance(value, dict):
        return {key: as_text(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_text(each) for each in value]
    return f"{value:g}" if isinstance(value, float) else value


def _measured(target: Target, at: datetime) -> Figure:
    """One target's figure; where its own rows cannot be read the others are counted all the same, and it says so."""
    try:
        with transaction.atomic():
            return target.measure(at)
    except Exception:  # noqa: BLE001 - one target's fault must not hide the others; it is logged and shown
        _log.exception("the target %s could not be counted", target.key)
        return not_measured(FAILED)


def _graph(at: datetime) -> dict[str, str | int]:
    """Draw `lineage/graph.md` as of now, as the checklist asks: how many flows and bytes it has, or why it failed."""
    try:
        with transaction.atomic():
            sections = [part.encode() for part in graph_file(at)]
    except Exception:  # noqa: BLE001 - that it does not render is what the checklist has to say
        _log.exception("the lineage graph could not be drawn")
        return {"problem": "The graph could not be drawn; the portal's log has the reason.", "flows": 0}
    flows = sum(part.startswith(b"\n## ") for part in sections)
    return {"flows": flows, "bytes": sum(map(len, sections)), "problem": ""}


def _tell_of_falls(day: Day, figures: dict[str, Figure]) -> None:
    """Write to the owners of targets that were reached on the last counted day before and are missed now."""
    before = Day.objects.filter(day__lt=day.day, example=False).order_by("-day").first()
    if before is None:
        return
    for target in targets():
        was = before.figures.get(target.key, {}).get("standing")
        if was == Standing.REACHED and figures[target.key].standing is Standing.MISSED:
            _write(target, figures[target.key], day.day, people_of(target))


def _write(target: Target, figure: Figure, day: date, people: Iterable[Any]) -> None:
    body = "\n".join(
        (
            f"{target.title}: {figure.shown} on {day}, wanted is {target.goal}.",
            f"{figure.missing} missing. What to do, and each row with the page that mends it:",
            f"{settings.BASE_URL}{target.get_absolute_url()}",
        )
    )
    for person in people:
        key = f"scoreboard:{target.key}:{day}:{person.pk}"
        subject = f"Target lost: {target.title}"
        told = {"body": body, "dedup_key": key, "about": TARGETS, "path": target.get_absolute_url()}
        enqueue(channel="email", address=person.email, subject=subject, **told)
