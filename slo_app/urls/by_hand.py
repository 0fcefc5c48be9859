"""SLOs set by hand."""

from django.urls import path

from ..views import by_hand

urlpatterns = [
    path("new/", by_hand.new, name="new"),
    path("<int:pk>/edit/", by_hand.edit, name="edit"),
    path("<int:pk>/switch/", by_hand.switch, name="switch"),
]
