"""Addresses of coverage, flows and what the watch finds; urls/__init__.py puts them among the others."""

from django.urls import path, register_converter

from lineage_app.urls.converters import Day
from lineage_app.views import coverage, flows, graph_file, watch

register_converter(Day, "day")
pages = [
    path("findings/", watch.findings, name="findings"),
    path("findings/<int:pk>/", watch.finding, name="finding"),
    path("jobs/<int:pk>/expectation/", watch.expectation, name="expectation"),
    path("jobs/<int:pk>/expectation/accept/", watch.accept, name="expectation-accept"),
    path("jobs/<int:pk>/expectation/withdraw/", watch.withdraw, name="expectation-withdraw"),
    path("coverage/", coverage.page, name="coverage"),
    path("coverage.csv", coverage.page_csv, name="coverage-csv"),
    path("coverage/<day:day>/", coverage.day, name="coverage-day"),
    path("flows/", flows.flow_list, name="flows"),
    path("flows/graph.md", graph_file.graph_md, name="flows-graph"),
    path("flows/new/", flows.compose, name="flow-new"),
    path("flows/check/", flows.check, name="flow-check"),
    path("flows/<int:pk>/", flows.flow, name="flow"),
    path("flows/<int:pk>/diagram/", flows.diagram, name="flow-diagram"),
    path("flows/<int:pk>/export/<str:form>", flows.export, name="flow-export"),
    path("flows/<int:pk>/edit/", flows.compose, name="flow-edit"),
    path("flows/<int:pk>/withdraw/", flows.withdraw, name="flow-withdraw"),
]
