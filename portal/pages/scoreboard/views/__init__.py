"""The board and one target's page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from portal.core.clock.beat import wake
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.core.web.spreadsheets import csv_answer
from portal.pages.scoreboard import drawing, selectors
from portal.pages.scoreboard.tasks import count_targets

HEAD = ("day", "standing", "value", "covered", "total", "missing", "unit")


@require_GET
@requires(Act.READ)
def board(request: HttpRequest) -> HttpResponse:
    """Every target with its trend, its people, and the first of what is missing."""
    context = {"board": selectors.board_for(request.user), "ink": drawing.PAGE_INK}
    return render(request, "scoreboard/board.html", context)


@require_GET
@requires(Act.READ)
def target(request: HttpRequest, key: str) -> HttpResponse:
    """One target: all that is missing, every day as a table, and what to do when it is lost."""
    card = selectors.card_for(request.user, key)
    context = {
        "card": card,
        "ink": drawing.PAGE_INK,
        "days": [(day, figure) for day, figure in reversed(card.days)],
        "day": selectors.latest_day(),
    }
    return render(request, "scoreboard/target.html", context)


@require_GET
@requires(Act.READ)
def target_csv(request: HttpRequest, key: str) -> HttpResponse:
    """The days of one target as a spreadsheet."""
    card = selectors.card_for(request.user, key)
    rows = (
        (day, figure.standing.word, figure.value, figure.covered, figure.total, figure.missing, card.target.unit)
        for day, figure in card.days
    )
    return csv_answer(f"scoreboard-{key}.csv", HEAD, rows)


@require_POST
@requires(Act.READ)
def count_now(request: HttpRequest) -> HttpResponse:
    """Have a worker count now instead of at the next tick."""
    wake(count_targets)
    messages.success(request, "A worker counts now; the page shows it within seconds.")
    back = "scoreboard:day-end" if request.POST.get("from") == "day-end" else "scoreboard:board"
    return redirect(back)
