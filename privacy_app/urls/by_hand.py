"""Deletions by hand: for the owners of a system and for privacy officers."""

from django.urls import path

from privacy_app.views import by_hand

urlpatterns = [
    path("by-hand/", by_hand.tasks, name="by-hand"),
    path("by-hand/<int:pk>/", by_hand.task, name="by-hand-task"),
    path("by-hand/<int:pk>/look/", by_hand.look, name="by-hand-look"),
    path("by-hand/<int:pk>/attest/", by_hand.attest, name="by-hand-attest"),
    path("by-hand/<int:pk>/document/", by_hand.document, name="by-hand-document"),
]
