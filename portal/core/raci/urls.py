"""Where the pages of the matrix live; mounted at /raci/."""

from __future__ import annotations

from django.urls import path

from .views import downloads, history, matrix, posts, proposing, signing

app_name = "raci"
urlpatterns = [
    path("", matrix.matrix, name="matrix"),
    path("people/", matrix.by_holder, name="people"),
    path("gaps/", matrix.gaps, name="gaps"),
    path("matrix.csv", downloads.as_csv, name="csv"),
    path("matrix.json", downloads.as_json, name="json"),
    path("workstreams/<slug:slug>/", matrix.workstream, name="workstream"),
    path("assets/<int:pk>/", matrix.asset, name="asset"),
    path("propose/", proposing.propose, name="propose"),
    path("proposals/", history.proposals, name="proposals"),
    path("proposals/<int:pk>/", history.proposal, name="proposal"),
    path("proposals/<int:pk>/sign/", signing.sign, name="sign"),
    path("proposals/<int:pk>/withdraw/", proposing.withdraw, name="withdraw"),
    path("versions/", history.versions, name="versions"),
    path("versions/<int:number>/", history.version, name="version"),
    path("posts/", posts.posts, name="posts"),
    path("posts/add/", posts.add, name="post-add"),
    path("posts/<slug:slug>/", posts.post, name="post"),
    path("posts/<slug:slug>/change/", posts.change, name="post-change"),
]
