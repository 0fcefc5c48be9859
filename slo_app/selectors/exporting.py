"""SLOs gathered for an export, in chunks with a few queries each; those who ask have the right to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse

from portal.core.clock.services import now
from portal.core.evidence.selectors import entries_about
from portal.core.oncall.selectors import on_call_of, receivers

from .. import evidence_kinds
from ..domain.exports.promise import BurnCondition, Promise, Reads
from ..domain.measurement import shown
from ..models import Slo
from .boards import Row, rows_of
from .metered import is_ratio
from .runbooks import without_runbook

if TYPE_CHECKING:
    from portal.core.identity.models import Team

CHUNK = 500
SETTING = (evidence_kinds.PROMISED, evidence_kinds.MADE, evidence_kinds.CHANGED)
"""What the ledger keeps about the bounds of an SLO; the newest is linked."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which SLOs an export is about: one, those of a team, or all; `covers` narrows to a token's namespaces."""

    slo: int | None = None
    team: str = ""
    covers: Callable[[str], bool] | None = None


def chosen_slos(chosen: Chosen) -> QuerySet[Slo]:
    """The enabled SLOs of the choice, by asset, kind and name; the sandboxes of fire drills are no promises."""
    wanted = Q(enabled=True, drill=False)
    if chosen.slo is not None:
        wanted = Q(pk=chosen.slo)
    if chosen.team:
        wanted &= Q(owner_team__slug=chosen.team)
    found = Slo.objects.filter(wanted)
    if chosen.covers is not None:
        namespaces = found.order_by().values_list("asset__namespace", flat=True).distinct()
        found = found.filter(asset__namespace__in=[each for each in namespaces if chosen.covers(each)])
    return found.order_by("asset__namespace", "asset__name", "kind", "name", "pk")


def promises(chosen: Chosen) -> Iterator[Promise]:
    """Each SLO of the choice with all that an export says of it."""
    found = chosen_slos(chosen)
    numbers = list(found.values_list("pk", flat=True))
    about = _About()
    for start in range(0, len(numbers), CHUNK):
        wanted = numbers[start : start + CHUNK]
        rows = {row.slo.pk: row for row in rows_of(_whole(wanted), newest=1)}
        about.without_runbook = without_runbook([row.slo for row in rows.values()])
        yield from (about.promise(rows[pk]) for pk in wanted if pk in rows)


def _whole(wanted: list[int]) -> QuerySet[Slo]:
    return Slo.objects.filter(pk__in=wanted).select_related("version").prefetch_related("burn_alerts")


class _About:
    """What several SLOs share: the people of a team, and the entries of the ledger."""

    def __init__(self) -> None:
        self.at = now()
        self.without_runbook: set[int] = set()
        self.people: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self.entries = {
            entry.payload["slo"]: entry.get_absolute_url()
            for entry in entries_about([kind.name for kind in SETTING], {})
        }

    def promise(self, row: Row) -> Promise:
        slo = row.slo
        on_call, channels = self._people(slo.owner_team)
        page = _site(slo.get_absolute_url())
        return Promise(
            **_terms(row),
            reads=_reads(row),
            burns=tuple(BurnCondition(b.factor, b.long, b.short, b.severity) for b in slo.burn_alerts.all()),
            team=slo.owner_team.slug if slo.owner_team else "",
            team_name=slo.owner_team.name if slo.owner_team else "",
            owner_title=slo.owner_title,
            on_call=on_call,
            channels=channels,
            contract=slo.contract,
            contract_version=slo.contract_version,
            url=page,
            asset_url=_site(slo.asset.get_absolute_url()),
            contract_url=_site(slo.version.get_absolute_url()) if slo.version else "",
            runbook_url="" if slo.pk in self.without_runbook else f"{page}#runbook",
            evidence_url=_site(self.entries[slo.pk]) if slo.pk in self.entries else "",
        )

    def _people(self, team: Team | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if team is None:
            return (), ()
        if team.pk not in self.people:
            names = tuple(sorted({person.name for person in on_call_of(team, self.at)}))
            self.people[team.pk] = names, tuple(sorted({channel for channel, _ in receivers(team, self.at)}))
        return self.people[team.pk]


def _terms(row: Row) -> dict[str, Any]:
    slo = row.slo
    return {
        "pk": slo.pk,
        "asset_pk": slo.asset_id,
        "asset": slo.asset.key,
        "kind": slo.kind,
        "name": slo.name,
        "label": row.label,
        "unit": row.unit,
        "sli": row.indicator.sli if row.indicator else "Not measured yet",
        "target": slo.target,
        "alert": slo.alert,
        "hold": slo.hold,
        "clear_for": slo.clear_for,
        "interval": slo.interval,
        "objective": slo.objective,
        "budget_days": slo.budget_days,
        "ratio": is_ratio(slo.budget_method, slo.target_op),
        "severity": slo.severity,
        "element": slo.element,
        "window": slo.window,
    }


def _reads(row: Row) -> Reads:
    if row.last is None:
        return Reads(row.standing.word)
    value = "" if row.last.value is None else shown(row.last.value, row.slo.target)
    left = "" if row.slo.budget_left is None else shown(100 * row.slo.budget_left)
    return Reads(row.standing.word, row.last.at, value, left)


def _site(path: str) -> str:
    return settings.BASE_URL + path


def metrics_url() -> str:
    """Where Prometheus scrapes."""
    return _site(reverse("metrics"))
