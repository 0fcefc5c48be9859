"""The baselines of an SLO."""

from django.urls import path

from ..views import baselines

urlpatterns = [
    path("<int:pk>/baselines/", baselines.baselines, name="baselines"),
    path("<int:pk>/baselines/new/", baselines.make, name="baseline-make"),
]
