"""Where the SLO pages live; mounted at /slos/. Each file of this package is one room, found by walking it.

A room is a module with `urlpatterns` (its pages) or `api_urlpatterns` (its operations under /api/v1/), or both.
"""

from itertools import chain

from django.urls import URLPattern

from portal.core.registry import modules_of

_rooms = list(modules_of(__name__))

app_name = "slos"
urlpatterns: list[URLPattern] = list(chain.from_iterable(getattr(room, "urlpatterns", []) for room in _rooms))
api_urlpatterns: list[URLPattern] = list(chain.from_iterable(getattr(room, "api_urlpatterns", []) for room in _rooms))
