"""The suppression list, asked by pipelines."""

from django.urls import path

from privacy_app.api import suppression

api_urlpatterns = [path("suppression/check", suppression.check_suppression, name="suppression-check")]
