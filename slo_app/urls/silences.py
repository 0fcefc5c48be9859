"""Silences: which there are, a new one with a look at what it hides, and ending one early."""

from django.urls import path

from ..views import silences

urlpatterns = [
    path("silences/", silences.listing, name="silences"),
    path("silences/new/", silences.new, name="silence-new"),
    path("silences/<int:pk>/", silences.silence, name="silence-page"),
    path("silences/<int:pk>/end/", silences.end, name="silence-end"),
]
