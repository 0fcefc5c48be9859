"""The change report of two versions: as a page, and to take along as Markdown or JSON."""

from __future__ import annotations

import difflib
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from contracts_app import selectors
from contracts_app.domain import report
from contracts_app.domain.compare import Comparison, compare_loaded
from contracts_app.domain.lifecycle import IN_FORCE, State
from contracts_app.models import Contract, Version
from contracts_app.views.pages import named
from portal.core.identity.access import requires
from portal.core.identity.policies import Act

MEDIA = {"md": "text/markdown; charset=utf-8", "json": "application/json"}


@require_GET
@requires(Act.READ)
def compare_versions(request: HttpRequest, pk: int) -> HttpResponse:
    """What one version changes in another, for whom, who is hit, and what that needs; `format` md or json to take."""
    contract = selectors.contract_for(request.user, pk)
    versions = list(contract.versions.all())
    new = named(versions, request.GET.get("new", "")) or selectors.leading(versions)
    old = named(versions, request.GET.get("old", "")) or _before(versions, new)
    if "old" not in request.GET and old and new and old.pk > new.pk:
        old, new = new, old  # the version in force is asked for while its successor is on the way
    context: dict[str, Any] = {"contract": contract, "versions": versions, "old": old, "new": new}
    verdict = _verdict(old, new)
    if old and new and verdict:
        new.contract = contract
        if request.GET.get("format") in MEDIA:
            return _download(contract, old, new, verdict, request.GET["format"])
        context |= _about(old, new, verdict, versions)
    return render(request, "contracts_app/compare.html", context)


def _about(old: Version, new: Version, verdict: Comparison, versions: list[Version]) -> dict[str, Any]:
    reached = selectors.downstream_of(new, verdict.changes)
    return {
        "verdict": verdict,
        "reached": reached,
        "teams": sorted({one.owner for one in reached if one.owner}),
        "asset": selectors.asset_of(new),
        "steps": list(report.next_steps(verdict)),
        "needs": {need: report.NEEDS[need] for need in sorted(verdict.requires)},
        "diff": _diff(old, new),
        "waive": new if new.state in (State.PROPOSED, State.SCHEDULED) else None,
        "others": _others(old, new, versions),
    }


def _others(old: Version, new: Version, versions: list[Version]) -> list[tuple[Version, Comparison]]:
    """The verdicts over the other versions in force: the worst of all counts."""
    found = [each for each in versions if each.state in IN_FORCE and each.pk not in (old.pk, new.pk)]
    return [(each, verdict) for each in found if (verdict := _verdict(each, new))]


def _verdict(old: Version | None, new: Version | None) -> Comparison | None:
    """The comparison, or None where one of the two cannot be read or has no version number."""
    if old is None or new is None:
        return None
    try:
        return compare_loaded(old.loaded, new.loaded)
    except ValueError:  # the page says that there is nothing to compare, the check says why
        return None


def _before(versions: list[Version], new: Version | None) -> Version | None:
    """The version in force, or the newest older one."""
    others = [version for version in versions if version != new and version.state not in (State.DRAFT, State.WITHDRAWN)]
    return selectors.leading(others)


def _download(contract: Contract, old: Version, new: Version, verdict: Comparison, kind: str) -> HttpResponse:
    hit = selectors.hits(selectors.downstream_of(new, verdict.changes), settings.BASE_URL)
    if kind == "json":
        text = report.to_json(verdict, hit=hit)
    else:
        text = report.to_markdown(verdict, old=str(old), new=str(new), hit=hit)
    name = f"{contract.name}-{old.number}-to-{new.number or 'draft'}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type=MEDIA[kind], headers=headers)


def _diff(old: Version, new: Version) -> list[tuple[str, str]]:
    """Lines of a unified diff with their kind."""
    names = (str(old), str(new))
    lines = difflib.unified_diff(old.text.splitlines(), new.text.splitlines(), *names, n=3, lineterm="")
    kinds = {"+": "add", "-": "cut", "@": "place"}
    found = [(kinds.get(line[:1], "same"), line) for line in lines]
    return [("place", line) for _, line in found[:2]] + found[2:]
