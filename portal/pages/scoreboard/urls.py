"""Where the scoreboard is."""

from django.urls import path

from portal.pages.scoreboard import views
from portal.pages.scoreboard.views import closing, packs

app_name = "scoreboard"
urlpatterns = [
    path("", views.board, name="board"),
    path("count/", views.count_now, name="count"),
    path("targets/<slug:key>/", views.target, name="target"),
    path("targets/<slug:key>/days.csv", views.target_csv, name="target-csv"),
    path("day-end/", closing.day_end, name="day-end"),
    path("day-end/sign-off/", closing.sign_off, name="sign-off"),
    path("day-end/main/", closing.on_main, name="main"),
    path("day-end/dummies/", closing.dummies, name="dummies"),
    path("packs/", packs.packs, name="packs"),
    path("packs/<int:pk>/", packs.pack, name="pack"),
    path("packs/<int:pk>/board.pdf", packs.pack_pdf, name="pack-pdf"),
    path("packs/<int:pk>/bundle.zip", packs.pack_bundle, name="pack-bundle"),
]
