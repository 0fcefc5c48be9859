"""Outputs that were registered, and answers that were taken as documents."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from portal.core.identity.policies import Act, require
from portal.pages.provenance.models import GivenAnswer, Output


def outputs(user: Any, *, text: str = "", product: str = "") -> QuerySet[Output]:
    """Registered outputs, the newest first; `text` is the beginning of an id, of a run's id or of a namespace."""
    require(user, Act.READ)
    found = Output.objects.select_related("token").order_by("-registered_at", "-pk")
    if text:
        found = found.filter(Q(output_id__startswith=text) | Q(run_id=text) | Q(namespace__startswith=text))
    return found.filter(product=product) if product else found


def outputs_called(name: str, limit: int = 20) -> list[Output]:
    """The outputs that `name` means: an id, or namespace and id joined by a slash; both may hold slashes."""
    cuts = [place for place, sign in enumerate(name) if sign == "/"][:50]
    wanted = Q(output_id=name)
    for cut in cuts:
        wanted |= Q(namespace=name[:cut], output_id=name[cut + 1 :])
    return list(Output.objects.filter(wanted).order_by("-made_at", "namespace")[:limit])


def outputs_of_run(run_id: str) -> int:
    """How many outputs name this run."""
    return Output.objects.filter(run_id=run_id).count() if run_id else 0


def given_answers(user: Any) -> QuerySet[GivenAnswer]:
    """Answers that were taken as documents, the newest first."""
    require(user, Act.READ)
    return GivenAnswer.objects.select_related("asked_by", "entry").order_by("-asked_at", "-pk")


def given_for(user: Any, pk: int) -> GivenAnswer:
    """One of them; Http404."""
    found = given_answers(user).filter(pk=pk).first()
    if found is None:
        raise Http404("No answer has this number.")
    return found
