"""The board and the page of one SLO."""

from django.urls import path

from ..views import slos

urlpatterns = [
    path("", slos.board, name="board"),
    path("<int:pk>/", slos.slo, name="slo"),
    path("<int:pk>/probe/", slos.probe, name="probe"),
]
