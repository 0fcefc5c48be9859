"""The nightly recomputations of the ledger: each night's result."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.core.evidence.models import AuditRun
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.pages.evidence.selectors import PAGE


@requires(Act.READ_EVIDENCE)
@require_safe
def recomputations(request: HttpRequest) -> HttpResponse:
    """The newest nights first, with everything that did not fit."""
    return render(request, "evidence/recomputations.html", {"runs": AuditRun.objects.order_by("-pk")[:PAGE]})
