"""Models with a duty."""

from django.urls import path

from privacy_app.views import duties

urlpatterns = [
    path("duties/", duties.listing, name="duties"),
    path("duties/<int:pk>/", duties.detail, name="duty"),
]
