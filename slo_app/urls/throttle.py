"""Who is held back, by what, and what a consumer asks."""

from django.urls import path

from .. import api

api_urlpatterns = [
    path("throttle/<path:asset>", api.throttle, name="throttle"),
]
