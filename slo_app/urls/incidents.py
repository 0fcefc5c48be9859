"""Incidents and what people do about them."""

from django.urls import path

from ..views import incident_list, incidents

urlpatterns = [
    path("incidents/", incident_list.incidents, name="incidents"),
    path("incidents/<int:pk>/", incidents.incident, name="incident"),
    path("incidents/<int:pk>/state/", incidents.state, name="incident-state"),
    path("incidents/<int:pk>/acknowledge/", incidents.acknowledge, name="acknowledge"),
    path("incidents/<int:pk>/silence/", incidents.silence, name="silence"),
    path("incidents/<int:pk>/resolve/", incidents.resolve, name="resolve"),
    path("incidents/<int:pk>/postmortem/", incidents.postmortem, name="postmortem"),
    path("incidents/<int:pk>/runbook/<int:number>/", incidents.step, name="step"),
]
