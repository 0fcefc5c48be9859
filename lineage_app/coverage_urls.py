"""Addresses of coverage, flows and what the watch finds; they stand in urls.py among the others."""

from django.urls import path, register_converter

from lineage_app.converters import Day
from lineage_app.views import coverage, flows

register_converter(Day, "day")
pages = [
    path("coverage/", coverage.page, name="coverage"),
    path("coverage.csv", coverage.page_csv, name="coverage-csv"),
    path("coverage/<day:day>/", coverage.day, name="coverage-day"),
    path("flows/", flows.flow_list, name="flows"),
    path("flows/new/", flows.compose, name="flow-new"),
    path("flows/check/", flows.check, name="flow-check"),
    path("flows/<int:pk>/", flows.flow, name="flow"),
    path("flows/<int:pk>/edit/", flows.compose, name="flow-edit"),
    path("flows/<int:pk>/withdraw/", flows.withdraw, name="flow-withdraw"),
]
