"""Template tags of the contracts app: `{% load contracts %}`."""

from __future__ import annotations

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
_QUOTED = re.compile(r"`([^`]+)`")


@register.filter
def coded(sentence: str) -> SafeString:
    """A finding's sentence with what stands in backticks set as code; everything is escaped first."""
    return mark_safe(_QUOTED.sub(r"<code>\1</code>", escape(sentence)))  # noqa: S308 - escaped in the same expression
