"""What the scoreboard's templates ask."""

from typing import Any

from django import template

from portal.core.identity.policies import Act, may

register = template.Library()


@register.simple_tag(takes_context=True)
def counts_requests(context: template.Context) -> bool:
    """Whether the reader may see numbers about requests, and with them board packs."""
    return may(context["user"], Act.COUNT_REQUESTS)


@register.inclusion_tag("scoreboard/_partials/answerers.html")
def answerers(card: Any) -> dict[str, Any]:
    """Who answers for a target, who is told when it is lost, and what to do then; beside every chart."""
    return {"target": card.target, "owners": card.owners, "card": card}
