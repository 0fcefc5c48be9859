"""Where the settings are."""

from django.urls import path

from portal.pages.settings import views

app_name = "settings"
urlpatterns = [
    path("", views.checklist, name="checklist"),
    path("state/<slug:key>/", views.attest, name="attest"),
    path("mail/", views.mail, name="mail"),
    path("effective/", views.effective, name="effective"),
    path("systems/", views.systems, name="systems"),
    path("health/", views.health, name="health"),
]
