"""Proposing rows: a form, a check page, and the proposal; and withdrawing one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portal.core.catalog.selectors import assets_by_id
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.core.web.idempotency import key_of

from .. import selectors, services
from ..domain.matrix import Row
from ..forms import SPARE, ReasonForm, RowsForm, lines_of, rows_from
from .history import shown

MOST_ROWS = 100


@dataclass(frozen=True)
class Target:
    """What the form is about: (key, title) of its rows; none for a new workstream. `now` is how the first stands."""

    keys: list[tuple[str, str]]
    now: Row | None
    assets: list[Any]
    signed: bool

    @property
    def titled(self) -> bool:
        """Whether the form asks for a name: for workstreams."""
        return not self.assets


@require_http_methods(["GET", "POST"])
@requires(Act.PROPOSE_RACI)
def propose(request: HttpRequest) -> HttpResponse:
    """A form, then a page to check it with who signs, then the proposal; `?row=` and `?workstream=` say of what."""
    if request.GET.get("of") == "assets" and not request.GET.getlist("row"):
        messages.warning(request, "Choose one or more assets first, by the boxes beside their names.")
        return redirect("raci:matrix")
    target = _target(request)
    step = request.POST.get("step", "")
    form = _form(request, target)
    if request.method == "GET" or step == "edit":
        return _form_page(request, target, form)
    if not form.is_valid():
        return _form_page(request, target, form, status=422)
    rows, out = _wanted(form, target)
    if step != "propose":
        return _check_page(request, target, form, rows, out)
    try:
        proposal = services.propose(
            user=request.user,  # type: ignore[arg-type]  # @requires lets nobody in who has not signed in
            rows=rows,
            out=out,
            reason=form.cleaned_data["reason"],
            key=key_of(request),
        )
    except services.Refused as refused:
        for reason in refused.reasons:
            form.add_error(None, reason)
        return _form_page(request, target, form, status=422)
    return redirect(proposal.get_absolute_url())


@require_http_methods(["GET", "POST"])
@requires(Act.PROPOSE_RACI)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """End a proposal, with the reason that its signers will read."""
    proposal = selectors.proposal_for(request.user, pk)
    if proposal.is_open and not selectors.may_withdraw(request.user, proposal):
        raise PermissionDenied("Only who proposed it, or the head of data, withdraws a proposal.")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw(
                user=request.user,  # type: ignore[arg-type]
                proposal=proposal,
                reason=form.cleaned_data["reason"],
            )
        except services.Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(proposal.get_absolute_url())
    status = 422 if form.errors else 200
    return render(request, "raci/withdraw.html", {"proposal": proposal, "form": form}, status=status)


def _target(request: HttpRequest) -> Target:
    slug = request.GET.get("workstream", "")
    numbers = [int(text) for text in request.GET.getlist("row")[:MOST_ROWS] if _is_id(text)]
    if numbers:
        return _of_assets(request, numbers)
    selectors.require_propose(request.user, None)
    if not slug:
        return Target([], None, [], signed=False)
    found = selectors.workstream(slug)
    if found is None:
        raise Http404("The matrix has no such workstream.")
    return Target([(found.key, found.title)], found.row, [], signed=True)


def _of_assets(request: HttpRequest, numbers: list[int]) -> Target:
    known = assets_by_id(numbers)
    assets = [known[number] for number in dict.fromkeys(numbers) if number in known]
    if not assets:
        raise Http404("The catalog has no such asset.")
    for asset in assets:
        selectors.require_propose(request.user, asset)
    lines = selectors.asset_lines(assets)
    keys = [(line.row.key, line.row.title) for line in lines]
    return Target(keys, lines[0].row, assets, signed=all(line.signed for line in lines))


def _form(request: HttpRequest, target: Target) -> RowsForm:
    initial: dict[str, Any] = lines_of(target.now) | {"title": target.now.title if target.now else ""}
    shown_lines = sum(name.startswith("holder_") for name in (request.POST or initial))
    asked = request.GET.get("lines", "")
    count = int(asked) if _is_id(asked) else 0
    spare = 0 if request.method == "POST" else SPARE
    return RowsForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        titled=target.titled,
        lines=max(shown_lines + spare, count, SPARE + 2),
        removable=target.signed,
    )


def _wanted(form: RowsForm, target: Target) -> tuple[list[Row], list[str]]:
    """The rows that are proposed, and the keys of rows to take out."""
    if form.cleaned_data.get("taken_out"):
        return [], [key for key, _ in target.keys]
    return rows_from(form, target.keys), []


def _check_page(request: HttpRequest, target: Target, form: RowsForm, rows: list[Row], out: list[str]) -> HttpResponse:
    draft = selectors.draft_of(rows, out=out)
    if draft.refused:
        for reason in draft.refused:
            form.add_error(None, reason)
        return _form_page(request, target, form, status=422)
    found = selectors.directory({seat.holder for row in rows for seat in row.seats})
    lines = selectors.peopled([selectors.Line(row, "", {}) for row in rows], found)
    context = {
        "target": target,
        "form": form,
        "sent": [(name, value) for name, value in request.POST.items() if name in form.fields and value],
        "changes": shown(list(draft.changes)),
        "demands": [(one, draft.known[one.holder]) for one in draft.demands],
        "gaps": [gap for line in lines for gap in line.gaps],
        "reason": form.cleaned_data["reason"],
    }
    return render(request, "raci/check.html", context)


def _form_page(request: HttpRequest, target: Target, form: RowsForm, status: int = 200) -> HttpResponse:
    more = request.GET.copy()
    more["lines"] = str(form.count + SPARE)
    context = {"target": target, "form": form, "more": more.urlencode()}
    return render(request, "raci/propose.html", context, status=status)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 18
