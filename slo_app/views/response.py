"""How fast incidents are answered: MTTA and MTTR with their trend, and the incidents behind each number."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.policies import Act

from ..domain.response import Spread
from ..domain.weekly import draw_weeks
from ..forms.response import GROUPS, ResponseForm
from ..selectors.places import choices
from ..selectors.response import answer, behind, weekly

PAGE = 50


@requires(Act.READ)
@require_GET
def response(request: HttpRequest) -> HttpResponse:
    """The numbers of 28 days, twelve weeks of medians, and the rows."""
    form = ResponseForm(request.GET or {}, teams=choices()["teams"])
    asked, present = form.chosen(), now()
    whose = {"team": asked["team"], "severity": asked["severity"]}
    weeks = weekly(present, **whose)
    page = Paginator(behind(request.user, present, **asked), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "answer": answer(present, **whose),
        "weeks": weeks,
        "chart": draw_weeks(weeks),
        "acknowledge": [_minutes(each.acknowledge) for _, each in weeks],
        "resolve": [_minutes(each.resolve) for _, each in weeks],
        "page": page,
        "group": dict(GROUPS)[asked["of"]],
        "filtered": any(asked.values()),
        "asked": asked,
    }
    return render(request, "slo_app/response.html", context)


def _minutes(spread: Spread | None) -> float | None:
    return spread.median.total_seconds() / 60 if spread else None
