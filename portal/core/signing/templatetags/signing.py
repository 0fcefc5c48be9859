"""The sign form's question: by which methods can this person answer this challenge?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import template

from portal.core.signing.proofs import methods

if TYPE_CHECKING:
    from portal.core.signing.models import Challenge

register = template.Library()


@dataclass(frozen=True)
class Way:
    """One method that the person has set up, with what its part of the form needs."""

    name: str
    template: str
    asks: dict[str, Any]


@register.simple_tag
def ways_to_sign(challenge: Challenge) -> list[Way]:
    """The methods that the challenge's person has set up, the strongest first."""
    asked = ((each, each.asks(challenge)) for each in methods())
    return [Way(each.name, each.template, asks) for each, asks in asked if asks is not None]
