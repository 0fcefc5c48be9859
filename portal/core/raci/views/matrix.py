"""The matrix, by duty and by holder; its gaps; and the page of one row."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from portal.core.catalog.selectors import assets_by_id
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.core.identity.selectors import teams

from .. import selectors
from ..domain.gaps import Fault
from ..domain.matrix import LETTERS, RowKind

PER_PAGE = 50
SHOWS = (("", "Workstreams and tier-1 assets"), ("workstream", "Workstreams"), ("asset", "Tier-1 assets"))
FAULTS = [("", "Any"), *((fault.name.lower(), fault.value) for fault in Fault)]


@require_GET
@requires(Act.READ)
def matrix(request: HttpRequest) -> HttpResponse:
    """Rows by duty: who is R, A, C and I, where that is said, and what is wrong today."""
    asked = _asked(request, "show", "q", "team")
    page = Paginator(_assets(request, asked), PER_PAGE).get_page(request.GET.get("page"))
    lines = selectors.peopled([*_workstreams(asked), *selectors.asset_lines(page.object_list)])
    for line in lines:
        line.choosable = line.asset is not None and selectors.may_propose(request.user, line.asset)
    count = sum(line.kind == RowKind.WORKSTREAM for line in lines)
    context = {
        "asked": asked,
        "filtered": any(asked.values()),
        "shows": SHOWS,
        "teams": teams(request.user),
        "workstreams": lines[:count],
        "assets": lines[count:],
        "page": page,
        "letters": LETTERS,
        "version": selectors.current(),
        "may_propose": selectors.may_propose(request.user, None),
        "choosing": any(line.choosable for line in lines),
    }
    return render(request, "raci/matrix.html", context)


@require_GET
@requires(Act.READ)
def by_holder(request: HttpRequest) -> HttpResponse:
    """The same turned round: each holder with its letters in every workstream, and its assets counted."""
    lines = selectors.every_line(request.user)
    streams = [line for line in lines if line.kind == RowKind.WORKSTREAM]
    assets = [line for line in lines if line.kind == RowKind.ASSET]
    known = {behind.holder: behind for line in lines for cell in line.cells for behind in cell.holders}
    rows = [
        {
            "behind": behind,
            "letters": [(line, line.letters_of(holder)) for line in streams],
            "counts": _counts(holder, assets),
        }
        for holder, behind in sorted(known.items(), key=lambda each: each[1].label.lower())
    ]
    return render(request, "raci/people.html", {"rows": rows, "streams": streams, "assets": len(assets)})


@require_GET
@requires(Act.READ)
def gaps(request: HttpRequest) -> HttpResponse:
    """What is wrong today, each with what to do."""
    asked = _asked(request, "fault", "show", "q")
    found = selectors.open_gaps(request.user, fault=asked["fault"], kind=asked["show"], words=asked["q"])
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "asked": asked, "filtered": any(asked.values()), "faults": FAULTS, "shows": SHOWS}
    return render(request, "raci/gaps.html", context)


@require_GET
@requires(Act.READ)
def workstream(request: HttpRequest, slug: str) -> HttpResponse:
    """One workstream."""
    found = selectors.workstream(slug)
    if found is None:
        raise Http404("The matrix has no such workstream.")
    return _row_page(request, selectors.line_of_workstream(found), None)


@require_GET
@requires(Act.READ)
def asset(request: HttpRequest, pk: int) -> HttpResponse:
    """One asset's row, signed or not."""
    found = assets_by_id([pk]).get(pk)
    if found is None:
        raise Http404("The catalog has no such asset.")
    return _row_page(request, selectors.line_of_asset(found), found)


def _row_page(request: HttpRequest, line: selectors.Line, asset: Any) -> HttpResponse:
    changes = Paginator(selectors.history_of(request.user, line.row.key), PER_PAGE).get_page(request.GET.get("page"))
    where = f"row={asset.pk}" if asset else f"workstream={line.row.key.partition(':')[2]}"
    context = {
        "line": line,
        "asset": asset,
        "page": changes,
        "open": selectors.open_change([line.row.key]),
        "may_propose": selectors.may_propose(request.user, asset),
        "propose_url": f"{reverse('raci:propose')}?{where}",
    }
    return render(request, "raci/row.html", context)


def _asked(request: HttpRequest, *names: str) -> dict[str, str]:
    return {name: request.GET.get(name, "").strip()[:200].replace("\0", "") for name in names}


def _assets(request: HttpRequest, asked: dict[str, str]) -> Any:
    found = selectors.tier_one(request.user, words=asked["q"], team=asked["team"])
    return found.none() if asked["show"] == "workstream" else found


def _workstreams(asked: dict[str, str]) -> list[selectors.Line]:
    """The workstreams that the filter leaves; a filter by the assets' owner leaves none."""
    if asked["show"] == "asset" or asked["team"]:
        return []
    return [line for line in selectors.workstream_lines() if asked["q"].lower() in line.row.title.lower()]


def _counts(holder: str, lines: list[selectors.Line]) -> str:
    counted = ((letter, sum(holder in line.row.holders(letter) for line in lines)) for letter in LETTERS)
    return ", ".join(f"{letter.value} {count}" for letter, count in counted if count)
