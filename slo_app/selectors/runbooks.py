"""Which runbook an SLO has: its own, its contract's text, its team's, its kind's, or the indicator's steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.shortcuts import get_object_or_404

from portal.core.evidence.selectors import entries_about
from portal.core.identity.policies import Act, require

from ..domain.runbook_file import Entry, write
from ..evidence_kinds import RUNBOOK_WRITTEN
from ..indicators.registry import find
from ..models import Runbook, RunbookVersion, Slo

if TYPE_CHECKING:
    from portal.core.identity.models import User

Steps = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Followed:
    """The steps that an SLO follows, where they come from in words, and the version where it is a document."""

    steps: Steps
    source: str
    version: RunbookVersion | None = None


def followed(slos: Sequence[Slo]) -> dict[int, Followed]:
    """The runbook of each SLO, in one query for all; its `steps` are empty where it has none."""
    documents = _newest() if slos else []
    own = {version.runbook_id: version for version in documents}
    team = {(v.runbook.owner_team_id, v.runbook.kind): v for v in documents if v.runbook.scope == Runbook.Scope.TEAM}
    every = {v.runbook.kind: v for v in documents if v.runbook.scope == Runbook.Scope.ALL}
    return {slo.pk: _followed(slo, own, team, every) for slo in slos}


def followed_by(slo: Slo) -> Followed:
    """The runbook of one SLO, as an incident copies it."""
    return followed([slo])[slo.pk]


def without_runbook(slos: Sequence[Slo]) -> set[int]:
    """The SLOs that nobody has written a step for; they are incomplete."""
    return {pk for pk, each in followed(slos).items() if not each.steps}


def runbooks(user: User, *, text: str = "", team: str = "") -> QuerySet[Runbook]:
    """Every runbook with its newest version's number, time and author."""
    require(user, Act.READ)
    newest = RunbookVersion.objects.filter(runbook=OuterRef("pk")).order_by("-number")
    found = Runbook.objects.select_related("owner_team").annotate(
        number=Subquery(newest.values("number")[:1]),
        written_at=Subquery(newest.values("created_at")[:1]),
        written_by=Subquery(newest.values("author__name")[:1]),
    )
    if team:
        found = found.filter(owner_team__slug=team)
    return found.filter(Q(title__icontains=text) | Q(key__icontains=text)) if text else found


def runbook_for(user: User, key: str) -> Runbook:
    """One runbook, or Http404."""
    require(user, Act.READ)
    return get_object_or_404(Runbook.objects.select_related("owner_team"), key=key)


def version_for(user: User, key: str, number: int) -> RunbookVersion:
    """One version of a runbook, or Http404."""
    require(user, Act.READ)
    found = RunbookVersion.objects.select_related("runbook__owner_team", "author")
    return get_object_or_404(found, runbook__key=key, number=number)


def users_of(runbook: Runbook) -> list[Slo]:
    """The enabled SLOs that follow the runbook now."""
    return _by_runbook().get(runbook.pk, [])


def runbook_number() -> int:
    """How many runbooks there are."""
    return Runbook.objects.filter(versions__isnull=False).distinct().count()


def alerts_file() -> str:
    """`runbooks/alerts.md` over every runbook, with who is paged, which SLOs follow it, and its entry in the ledger."""
    followers, entries = _by_runbook(), _entries()
    return write(
        _entry(version, followers.get(version.runbook_id, []), entries.get((version.runbook.key, version.digest), ""))
        for version in _newest()
    )


def _entries() -> dict[tuple[str, str], str]:
    """Where the ledger says who wrote which text of a runbook, by the runbook's key and the text's digest."""
    written = entries_about([RUNBOOK_WRITTEN.name], {})
    return {
        (entry.payload["runbook"], entry.payload["digest"]): settings.BASE_URL + entry.get_absolute_url()
        for entry in written
    }


def _by_runbook() -> dict[int, list[Slo]]:
    slos = list(Slo.objects.filter(enabled=True, drill=False).select_related("asset", "owner_team"))
    by_runbook: dict[int, list[Slo]] = {}
    theirs = followed(slos)
    for slo in slos:
        version = theirs[slo.pk].version
        if version is not None:
            by_runbook.setdefault(version.runbook_id, []).append(slo)
    return by_runbook


def _entry(version: RunbookVersion, followers: Iterable[Slo], evidence: str) -> Entry:
    runbook, slos = version.runbook, list(followers)
    teams = sorted({str(slo.owner_team) for slo in slos if slo.owner_team})
    names = sorted(f"{slo} ({slo.asset.key})" for slo in slos)
    paged = ", ".join(f"on call of {team}" for team in teams)
    return Entry(
        runbook.key,
        runbook.title,
        version.markdown,
        str(runbook.owner_team),
        runbook.meant_for,
        "; ".join(names),
        paged,
        evidence,
    )


def _newest() -> list[RunbookVersion]:
    newest = RunbookVersion.objects.filter(runbook=OuterRef("runbook")).order_by("-number")
    found = RunbookVersion.objects.filter(number=Subquery(newest.values("number")[:1]))
    return list(found.select_related("runbook__owner_team").order_by("runbook__key"))


def _followed(
    slo: Slo,
    own: dict[int, RunbookVersion],
    team: dict[tuple[int, str], RunbookVersion],
    every: dict[str, RunbookVersion],
) -> Followed:
    if slo.runbook_document_id in own:
        return _document(own[slo.runbook_document_id], "its own runbook")
    if slo.runbook and slo.runbook != _built_in(slo.kind):
        return Followed(slo.runbook, "its own text")
    ours = slo.owner_team_id or 0
    places = (
        (team.get((ours, slo.kind)), "its team's default for this indicator"),
        (team.get((ours, "")), "its team's default"),
        (every.get(slo.kind), "the default for this indicator"),
        (every.get(""), "the default for every SLO"),
    )
    found = next(((version, source) for version, source in places if version is not None), None)
    return _document(*found) if found else Followed(slo.runbook, "the indicator's own steps" if slo.runbook else "")


def _document(version: RunbookVersion, source: str) -> Followed:
    return Followed(version.steps, source, version)


def _built_in(kind: str) -> Steps:
    indicator = find(kind)
    phases = indicator.defaults.runbook if indicator else {}
    return [{"phase": phase, "text": text} for phase, texts in phases.items() for text in texts]
