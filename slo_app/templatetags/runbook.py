"""How a step of a runbook is shown: its parts, each of which the template escapes."""

from django import template

from ..domain.runbook_text import inline

register = template.Library()


@register.filter
def parts(text: str) -> list[tuple[str, str, str]]:
    """The parts of a step as (kind, text, address)."""
    return list(inline(text))
