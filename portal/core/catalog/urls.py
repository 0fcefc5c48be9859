"""Where the catalog's pages are."""

from django.urls import path

from portal.core.catalog import views

app_name = "catalog"
urlpatterns = [
    path("", views.systems, name="systems"),
    path("register/", views.register, name="register"),
    path("<int:pk>/", views.system, name="system"),
    path("<int:pk>/test/", views.ping, name="ping"),
]
