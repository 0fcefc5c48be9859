"""Fire drills."""

from django.urls import path

from ..views import drills

urlpatterns = [
    path("drills/", drills.listing, name="drills"),
    path("drills/new/", drills.new, name="drill-new"),
    path("drills/<int:pk>/", drills.drill, name="drill"),
]
