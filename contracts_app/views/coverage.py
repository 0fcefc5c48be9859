"""Contract coverage: the share of assets under a contract in force, and for each other asset its next step."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from contracts_app import selectors
from contracts_app.forms.coverage import CoverageForm
from contracts_app.states import state_of
from portal.core.catalog.selectors import kinds_and_layers
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.core.identity.selectors import teams
from portal.core.web.spreadsheets import csv_answer

PAGE = 25
HEAD = ("namespace", "name", "kind", "layer", "tier", "owner", "covered", "contract", "version", "state", "next step")


@require_GET
@requires(Act.READ)
def coverage(request: HttpRequest) -> HttpResponse:
    """Who lacks a contract and what comes next, the uncovered first."""
    form = _form(request)
    asked = form.chosen()
    figure = selectors.coverage_figure(selectors.governed_assets(**asked | {"standing": ""}))
    page = Paginator(selectors.governed_assets(**asked), PAGE).get_page(request.GET.get("page"))
    trend = selectors.coverage_trend()
    context = {
        "form": form,
        "asked": asked,
        "figure": figure,
        "page": page,
        "rows": [(row, *_mark(row)) for row in selectors.coverage_rows(request.user, page)],
        "trend": trend,
        "trend_line": [100 * day.covered / day.total if day.total else None for day in trend],
        "query": request.GET.urlencode(),
    }
    return render(request, "contracts_app/coverage.html", context)


@require_GET
@requires(Act.READ)
def coverage_csv(request: HttpRequest) -> HttpResponse:
    """The same list, whole."""
    found = selectors.governed_assets(**_form(request).chosen())
    rows = (_cells(row) for row in selectors.coverage_rows(request.user, found))
    return csv_answer("contract-coverage.csv", HEAD, rows)


def _form(request: HttpRequest) -> CoverageForm:
    kinds, layers = kinds_and_layers()
    named = [(team.slug, team.name) for team in teams(request.user)]
    return CoverageForm({"tier": "1", **request.GET.dict()}, teams=named, layers=layers, kinds=kinds)


def _mark(row: Any) -> tuple[str, str]:
    """The state that the row shows."""
    return state_of(row.version) if row.version else ("No contract", "bad")


def _cells(row: Any) -> tuple[Any, ...]:
    asset, version = row.asset, row.version
    owner = asset.owner_team.name if asset.owner_team else ""
    named = (version.contract.name, version.number, version.state) if version else ("", "", "")
    said = "yes" if row.covered else "no"
    return (asset.namespace, asset.name, asset.kind, asset.layer, asset.tier, owner, said, *named, row.step)
