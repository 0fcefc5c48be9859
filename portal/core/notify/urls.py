"""Where notices are; mounted at /notices/."""

from django.urls import path

from portal.core.notify import views

app_name = "notify"
urlpatterns = [
    path("", views.notices, name="list"),
    path("unread/", views.unread, name="unread"),
    path("read/", views.read_all, name="read"),
    path("ways/", views.ways, name="ways"),
    path("<int:pk>/", views.open_notice, name="open"),
]
