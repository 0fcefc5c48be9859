"""Where the demo's pages are."""

from django.urls import path

from portal.demo import views

app_name = "demo"
urlpatterns = [path("mailbox/", views.mailbox, name="mailbox")]
