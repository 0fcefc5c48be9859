"""Addresses of what is explored: datasets, jobs, runs and ways, each with its frame and its files."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from lineage_app.views import activity, columns, explorer, history, impact, paths, runs


def drawn(
    prefix: str, name: str, page: Callable[..., Any], diagram: Callable[..., Any], export: Callable[..., Any]
) -> list[URLPattern]:
    """Return the addresses of something drawn: its page, the frame of its drawing, and its files."""
    return [
        path(prefix, page, name=name),
        path(f"{prefix}diagram/", diagram, name=f"{name}-diagram"),
        path(f"{prefix}export/<str:form>", export, name=f"{name}-export"),
    ]


pages = [
    *drawn("datasets/<int:pk>/", "dataset", explorer.dataset, explorer.diagram, explorer.export),
    path("datasets/<int:pk>/impact/", impact.impact, name="impact"),
    path("datasets/<int:pk>/impact.csv", impact.impact_csv, name="impact-csv"),
    path("datasets/<int:pk>/columns/", columns.columns, name="columns"),
    path("datasets/<int:pk>/history/", history.history, name="history"),
    *drawn("jobs/<int:pk>/", "job", activity.job, activity.diagram, activity.export),
    *drawn("runs/<int:pk>/", "run", runs.run, runs.diagram, runs.export),
    path("paths/", paths.paths, name="paths"),
    path("paths/<int:start>/<int:end>/diagram/", paths.diagram, name="paths-diagram"),
    path("paths/<int:start>/<int:end>/export/<str:form>", paths.export, name="paths-export"),
]
