"""Where the pages and the API of the gates lie."""

from django.urls import path

from portal.gates import api, views

app_name = "gates"
urlpatterns = [
    path("", views.run_list, name="list"),
    path("runs/<int:pk>/", views.run_page, name="run"),
]
api_urlpatterns = [
    path("gate/verdict", api.verdict, name="gate-verdict"),
    path("gate/records", api.records, name="gate-records"),
]
