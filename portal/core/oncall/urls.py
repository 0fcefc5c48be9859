"""Where the on-call pages live; mounted at /on-call/."""

from __future__ import annotations

from django.urls import path

from . import api
from .views import addresses, board, ladder, mine, outbox, pages, rotations

app_name = "oncall"
urlpatterns = [
    path("", board.board, name="overview"),
    path("pages/<int:pk>/", pages.page, name="page"),
    path("pages/<int:pk>/acknowledge/", pages.acknowledge, name="acknowledge"),
    path("pages/<int:pk>/resolve/", pages.resolve, name="resolve"),
    path("teams/<slug:slug>/", board.team, name="team"),
    path("teams/<slug:slug>/levels/", ladder.ladder, name="ladder"),
    path("teams/<slug:slug>/take/", rotations.take, name="take"),
    path("teams/<slug:slug>/rotations/add/", rotations.new, name="rotation-new"),
    path("teams/<slug:slug>/addresses/", addresses.addresses, name="addresses"),
    path("addresses/<int:pk>/remove/", addresses.remove, name="remove-address"),
    path("addresses/<int:pk>/test/", addresses.send_test, name="send-test"),
    path("addresses/<int:pk>/test/<slug:mark>/", addresses.test, name="test"),
    path("addresses/<int:pk>/key/", addresses.reveal, name="reveal"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("mine/", mine.mine, name="mine"),
    path("mine/absences/<int:pk>/end/", mine.end_absence, name="end-absence"),
    path("mine/feed/<str:key>.ics", mine.feed, name="feed"),
    path("rotations/<int:pk>/", rotations.rotation, name="rotation"),
    path("rotations/<int:pk>/plan/", rotations.plan, name="plan"),
    path("overrides/<int:pk>/withdraw/", rotations.withdraw, name="withdraw"),
]
api_urlpatterns = [path("alerts/alertmanager", api.alertmanager, name="alerts-alertmanager")]
