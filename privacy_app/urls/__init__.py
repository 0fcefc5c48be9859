"""Where the deletion requests are; mounted at /privacy/. Each file of this package is one room, found by walking it.

A room is a module with `urlpatterns` (its pages) or `api_urlpatterns` (its operations under /api/v1/), or both.
"""

from itertools import chain

from django.urls import URLPattern, register_converter
from django.urls.converters import StringConverter

from portal.core.registry import modules_of


class Reference(StringConverter):
    """A request's reference."""

    regex = r"DEL-\d{4}-\d{2}-\d{2}-\d{4,}"


register_converter(Reference, "reference")  # before the rooms are imported: their paths use it
_rooms = list(modules_of(__name__))

app_name = "privacy"
urlpatterns: list[URLPattern] = list(chain.from_iterable(getattr(room, "urlpatterns", []) for room in _rooms))
api_urlpatterns: list[URLPattern] = list(chain.from_iterable(getattr(room, "api_urlpatterns", []) for room in _rooms))
