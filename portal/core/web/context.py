"""What every template can use: the stored appearance of the pages and the organisation's name."""

from django.conf import settings
from django.http import HttpRequest

THEMES = ("light", "dark")


def portal(request: HttpRequest) -> dict[str, str]:
    """`theme` is "light", "dark" or "" for what the reader's system prefers; `organisation` may be empty."""
    theme = request.COOKIES.get("theme", "")
    return {"theme": theme if theme in THEMES else "", "organisation": settings.ORGANISATION}
