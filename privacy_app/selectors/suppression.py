"""The list of those who were erased."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from portal.core.clock.services import now
from portal.core.identity.policies import Act, require
from privacy_app.domain.request import State
from privacy_app.domain.verdict import Verdict
from privacy_app.models import Plan, Step, SuppressionAsk, SuppressionToken
from privacy_app.selectors import holds

WITHDRAWN = (State.CANCELLED, State.DENIED)


def active_tokens() -> QuerySet[SuppressionToken]:
    """Tokens that count: not expired, and not of a request that ended without a deletion."""
    return SuppressionToken.objects.filter(until__gt=now()).exclude(request__state__in=WITHDRAWN)


def suppressed(tokens: list[str]) -> dict[str, datetime]:
    """Of some tokens, those on the list: when the subject was erased. A later event is let through by the caller."""
    rows = active_tokens().filter(token__in=tokens)
    return dict(rows.order_by("erased_at").values_list("token", "erased_at"))


def tokens_against(system_name: str, dataset: str, *, after: datetime | None) -> list[str]:
    """The tokens to compare a restored dataset with: erased after the backup was taken, and not kept there by law."""
    rows = active_tokens()
    if after is not None:
        rows = rows.filter(erased_at__gt=after)
    exempt = Step.objects.filter(
        plan__state=Plan.State.APPROVED, system_name=system_name, dataset=dataset, verdict=Verdict.EXEMPT
    ).exclude(holds.ended_for_good())
    held = holds.held_requests(system_name, dataset)
    return list(
        rows.exclude(Q(request__in=exempt.values("request")) | Q(request__in=held)).values_list("token", flat=True)
    )


def suppression_by_kind(user: Any) -> list[dict[str, Any]]:
    """How many tokens there are of each kind and key version, and from when until when they count."""
    require(user, Act.READ_REQUESTS)
    rows = active_tokens().values("kind", "key_version")
    return list(
        rows.annotate(
            tokens=Count("pk"), oldest=Min("erased_at"), next_until=Min("until"), last_until=Max("until")
        ).order_by("kind", "key_version")
    )


def suppression_askers(user: Any, *, since: datetime) -> list[dict[str, Any]]:
    """Which tokens of the API asked since a moment, how often, and how many records they left out for it."""
    require(user, Act.READ_REQUESTS)
    rows = SuppressionAsk.objects.filter(day__gte=since.date()).values("token__name")
    return list(
        rows.annotate(
            total_calls=Sum("calls"),
            total_records=Sum("records"),
            total_suppressed=Sum("suppressed"),
            last=Max("last_at"),
        ).order_by("-last")
    )
