"""Lineage coverage: the share of tier-1 hops that runs proved within seven days, its trend, and what is missing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lineage_app.domain.coverage import HopState, Share
from lineage_app.forms.coverage import CoverageForm
from lineage_app.models import CoverageDay
from lineage_app.selectors.coverage import Coverage, Hop, coverage, coverage_trend, shortfall, told_apart
from lineage_app.selectors.flows import jobs_of_hops
from lineage_app.selectors.hop_words import WORDS, next_step
from lineage_app.selectors.horizon import before_horizon
from lineage_app.selectors.lag import projected_until
from lineage_app.selectors.latest_coverage import latest_shortfall
from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may
from portal.core.identity.selectors import teams
from portal.core.web.spreadsheets import csv_answer

PAGE = 25
HEAD = (
    "from", "to", "state", "covered", "last proved", "failed since", "missing since", "by job", "owner", "flows",
    "next step",
)  # fmt: skip


@require_GET
@requires(Act.READ)
def page(request: HttpRequest) -> HttpResponse:
    """The share, the trend, and the hops asked for: those that are missing, unless the address says otherwise."""
    form, asked = _form(request)
    present = now()
    share, hops, kept_at = _found(asked, present, live=False)
    shown = Paginator(hops, PAGE).get_page(request.GET.get("page"))
    trend = coverage_trend()
    context = {
        "form": form,
        "asked": asked,
        "share": share,
        "kept_at": kept_at,
        "page": shown,
        "rows": _rows(shown, asked["at"] or present),
        "trend": trend,
        "trend_line": [100 * day.covered / day.total if day.total else None for day in trend],
        "target": settings.LINEAGE_COVERAGE_TARGET,
        "reached": share.reaches(settings.LINEAGE_COVERAGE_TARGET),
        "behind": projected_until(present) < present,
        "before_horizon": before_horizon(asked["at"] or None),
        "may_declare": may(request.user, Act.DECLARE_LINEAGE),
        "query": request.GET.urlencode(),
    }
    return render(request, "lineage_app/coverage.html", context, status=422 if form.errors.get("at") else 200)


@require_GET
@requires(Act.READ)
def page_csv(request: HttpRequest) -> HttpResponse:
    """The same list, whole, as of the moment that it is asked for."""
    _, asked = _form(request)
    present = now()
    _, hops, _ = _found(asked, present, live=True)
    return csv_answer("lineage-coverage.csv", HEAD, (_cells(*row) for row in _rows(hops, asked["at"] or present)))


@require_GET
@requires(Act.READ)
def day(request: HttpRequest, day: date) -> HttpResponse:
    """What was counted for one day, as the ledger's entry of it says."""
    found = CoverageDay.objects.filter(day=day).first()
    if found is None:
        raise Http404("That day was not counted. The coverage page lists those that were.")
    context = {
        "day": found,
        "share": Share(found.covered, found.total),
        "list_digest": digest(canonical_bytes(found.missing)),
        "rows": [(start, end, *WORDS[HopState(state)]) for start, end, state in found.missing],
    }
    return render(request, "lineage_app/coverage_day.html", context)


def _form(request: HttpRequest) -> tuple[CoverageForm, dict[str, Any]]:
    """The form and what it asks for."""
    named = [(team.slug, team.name) for team in teams(request.user)]
    form = CoverageForm({"show": "missing", **request.GET.dict()}, teams=named)
    return form, form.chosen()


def _found(asked: dict[str, Any], present: datetime, *, live: bool) -> tuple[Share, list[Hop], datetime | None]:
    """The share of the hops asked about, those of them to be listed, and as of when both were kept, if they were."""
    at, show = asked["at"] or present, asked["show"]
    if show not in {"all", "covered"} and not asked["team"] and not asked["flow"]:
        brief, kept_at = (shortfall(at), None) if live or asked["at"] else latest_shortfall(at)
        return brief.share, [hop for hop in _sorted(brief) if show in {hop.state, _group(hop)}], kept_at
    found = [hop for hop in _sorted(coverage(at)) if _about(hop, asked)]
    share = Share(sum(hop.covered for hop in found), len(found))
    return share, [hop for hop in found if show in {"all", hop.state, _group(hop)}], None


def _sorted(found: Coverage) -> list[Hop]:
    covered = sorted((hop for hop in found.hops if hop.covered), key=lambda hop: (hop.dst.name, str(hop.src)))
    return [*found.missing, *covered]


def _about(hop: Hop, asked: dict[str, Any]) -> bool:
    flow = asked["flow"].lower()
    return asked["team"] in {"", hop.dst.team_slug} and (
        not flow or any(flow in each.name.lower() for each in hop.flows)
    )


def _group(hop: Hop) -> str:
    return "covered" if hop.covered else "missing"


def _rows(hops: Any, at: datetime) -> list[tuple[Any, ...]]:
    """Each hop with its word and mark, the job that it is about, and the next step."""
    listed = told_apart(hops, at)
    jobs = jobs_of_hops(listed)
    found = ((hop, jobs.get(hop.judged.job or 0)) for hop in listed)
    return [(hop, *WORDS[hop.state], job, next_step(hop, job)) for hop, job in found]


def _cells(hop: Hop, word: str, mark: str, job: Any, step: Any) -> tuple[Any, ...]:
    del mark
    start = f"{hop.src.namespace}/{hop.src.name}" if hop.src else ""
    end = f"{hop.dst.namespace}/{hop.dst.name}"
    times = (each.isoformat() if each else "" for each in (hop.judged.seen, hop.judged.failed, hop.judged.since))
    flows = "; ".join(each.name for each in hop.flows)
    by = f"{job.namespace}/{job.name}" if job else ""
    said = "yes" if hop.covered else "no"
    return (start, end, word, said, *times, by, hop.dst.team_name or "", flows, step.text if step else "")
