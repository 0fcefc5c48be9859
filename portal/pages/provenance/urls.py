"""Where provenance is asked for, and the API that registers outputs and answers machines."""

from django.urls import path

from portal.pages.provenance import api, views

app_name = "provenance"
urlpatterns = [
    path("", views.ask, name="ask"),
    path("answer.json", views.answer_json, name="json"),
    path("schema.json", views.schema, name="schema"),
    path("drawing.svg", views.drawing, name="drawing"),
    path("take/", views.take, name="take"),
    path("answers/", views.answers, name="answers"),
    path("answers/<int:pk>/", views.given, name="given"),
    path("answers/<int:pk>/<str:form>", views.given_file, name="given-file"),
    path("outputs/", views.outputs, name="outputs"),
]
api_urlpatterns = [
    path("outputs", api.outputs, name="outputs"),
    path("provenance", api.provenance, name="provenance"),
]
