"""MTTA and MTTR."""

from django.urls import path

from ..views import response

urlpatterns = [path("response/", response.response, name="response")]
