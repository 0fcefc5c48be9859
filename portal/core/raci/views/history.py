"""Versions and proposals: what came into force when, what is on its way, and the difference of two versions."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.core.identity.access import requires
from portal.core.identity.policies import Act

from .. import selectors
from ..domain.changes import RowChange
from ..domain.matrix import LETTERS
from ..models import State

PER_PAGE = 50
STATES = [("", "Any"), *State.choices]
KINDS = {State.OPEN: "wait", State.IN_FORCE: "ok", State.WITHDRAWN: "off"}


@require_GET
@requires(Act.READ)
def proposals(request: HttpRequest) -> HttpResponse:
    """Every proposal, by state."""
    state = request.GET.get("state", "")
    found = selectors.proposals(request.user)
    found = found.filter(state=state) if state in State.values else found
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [(each, KINDS[State(each.state)]) for each in page]
    context = {"page": page, "rows": rows, "state": state, "states": STATES}
    return render(request, "raci/proposals.html", context)


@require_GET
@requires(Act.READ)
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal: what changes, who signs and who has."""
    found = selectors.proposal_for(request.user, pk)
    changes = found.row_changes()
    context = {
        "proposal": found,
        "kind": KINDS[State(found.state)],
        "changes": shown(changes),
        "demands": found.demands.all(),
        "may_sign": selectors.demand_for(request.user, found),  # type: ignore[arg-type]  # @requires lets nobody in
        "may_withdraw": selectors.may_withdraw(request.user, found),
        "signed_now": request.GET.get("signed", ""),
        "missing": [each for each in found.demands.all() if each.user_id is None],
    }
    return render(request, "raci/proposal.html", context)


@require_GET
@requires(Act.READ)
def versions(request: HttpRequest) -> HttpResponse:
    """Every version of the matrix, newest first."""
    page = Paginator(selectors.versions(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "raci/versions.html", {"page": page})


@require_GET
@requires(Act.READ)
def version(request: HttpRequest, number: int) -> HttpResponse:
    """One version, and what it changed: against the one before, or against `?against=`."""
    found = selectors.version_for(request.user, number)
    text = request.GET.get("against", "")
    chosen = text.isascii() and text.isdecimal() and len(text) < 9
    old = selectors.version_for(request.user, int(text)) if chosen else selectors.before(found)
    rows = sorted(
        selectors.matrix_at(found).values(), key=lambda row: (row.key.partition(":")[0] != "workstream", row.title)
    )
    known = selectors.directory({seat.holder for row in rows for seat in row.seats})
    context = {
        "version": found,
        "old": old,
        "changes": shown(selectors.difference(old, found)),
        "others": selectors.versions(request.user).exclude(pk=found.pk)[:PER_PAGE],
        "rows": [(row, [[known[holder] for holder in row.holders(letter)] for letter in LETTERS]) for row in rows],
        "letters": LETTERS,
    }
    return render(request, "raci/version.html", context)


def shown(changes: list[RowChange]) -> list[dict[str, Any]]:
    """The changes for a page, with the names of their holders as they are today."""
    rows = [row for change in changes for row in (change.before, change.after) if row]
    known = selectors.directory({seat.holder for row in rows for seat in row.seats})
    return [
        {
            "title": change.title,
            "word": change.word,
            "kind": {"New": "info", "Changed": "warn", "Taken out": "off"}[change.word],
            "cells": [
                {
                    "letter": letter,
                    "staying": [known[each] for each in change.staying(letter)],
                    "coming": [known[each] for each in change.coming(letter)],
                    "going": [known[each] for each in change.going(letter)],
                }
                for letter in LETTERS
            ],
        }
        for change in changes
    ]
