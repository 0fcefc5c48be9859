"""Where the programme's files are."""

from django.urls import path

from portal.pages.programme import views

app_name = "programme"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.one, name="zip"),
    path("<int:pk>/programme.zip", views.download, name="download"),
]
