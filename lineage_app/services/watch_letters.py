"""Letters about findings: one a team and look, to those who are on call, else the owners, else the team's addresses."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from lineage_app.models import RunFinding
from lineage_app.notice_subjects import FINDINGS
from lineage_app.selectors.watch import findings_like
from portal.core.notify.services import enqueue
from portal.core.oncall.selectors import receivers

if TYPE_CHECKING:
    from portal.core.identity.models import Team

LISTED = 20
CLOSING = "A finding ends by itself once the job runs well. On its page you can say that you have seen it, or mute it."


def tell(opened: Iterable[RunFinding], at: datetime) -> None:
    """Write to every team about its findings that are not muted; call it in the transaction that opened them."""
    fresh = [row.pk for row in opened if not row.is_muted(at)]
    by_team: dict[Team, list[RunFinding]] = {}
    for row in findings_like().filter(pk__in=fresh).order_by("job__name", "kind") if fresh else ():
        for team in row.teams.all():
            by_team.setdefault(team, []).append(row)
    for team, rows in by_team.items():
        _write(team, rows, at)


def _write(team: Team, rows: list[RunFinding], at: datetime) -> None:
    one, many = f"{rows[0].job}: {rows[0].get_kind_display().lower()}", f"{len(rows)} findings about jobs"
    subject = f"Lineage: {one if len(rows) == 1 else many}"[:150]
    told = ",".join(str(row.pk) for row in rows)
    body = "\n".join([*map(_line, rows[:LISTED]), *_more(team, rows), "", CLOSING])
    path = rows[0].get_absolute_url() if len(rows) == 1 else f"{reverse('lineage:findings')}?team={team.slug}"
    for channel, address in receivers(team, at):
        key = hashlib.sha256(f"{address}:{told}".encode()).hexdigest()[:32]
        told_by = f"lineage.watch:{key}"
        enqueue(
            channel=channel, address=address, subject=subject, body=body, dedup_key=told_by, about=FINDINGS, path=path
        )


def _line(row: RunFinding) -> str:
    return f"{row.job.namespace}/{row.job.name}: {row.sentence}\n{settings.BASE_URL}{row.get_absolute_url()}\n"


def _more(team: Team, rows: list[RunFinding]) -> list[str]:
    url = f"{settings.BASE_URL}{reverse('lineage:findings')}?team={team.slug}"
    return [f"And {len(rows) - LISTED} more: {url}"] if len(rows) > LISTED else []
