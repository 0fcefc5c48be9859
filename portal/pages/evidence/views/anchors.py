"""The page of anchors: what has left this house, how each way out stands, and what each of them shows."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.core.clock.services import now
from portal.core.evidence.models import AnchorRun
from portal.core.evidence.services import standing
from portal.core.evidence.services.anchoring import Standing, anchors
from portal.core.identity.access import requires
from portal.core.identity.policies import Act

RUNS = 50


@requires(Act.READ_EVIDENCE)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every anchor with its last success and failure, those that are not set, and the newest runs."""
    standings = standing(now())
    context = {
        "standings": [(each, *_drawn(each)) for each in standings],
        "unset": [each for each in anchors().values() if not each.is_set],
        "runs": AnchorRun.objects.select_related("checkpoint").order_by("-pk")[:RUNS],
        "labels": {name: each.label for name, each in anchors().items()},
    }
    return render(request, "evidence/anchors.html", context)


def _drawn(each: Standing) -> tuple[str, str]:
    """The word and the tone of an anchor."""
    if each.late_since is not None:
        return "Late", "bad"
    if each.failing:
        return "Failed, tried again", "warn"
    return ("Anchored", "ok") if each.last_ok else ("Waits for the first run", "wait")
