"""Whose data it is: the links that wait, the sources that were asked."""

from django.urls import path

from privacy_app.views import scope

urlpatterns = [
    path("requests/<reference:req_id>/links/", scope.links, name="links"),
    path("requests/<reference:req_id>/links/alike/", scope.alike, name="decide-alike"),
    path("requests/<reference:req_id>/links/<int:pk>/look/", scope.look, name="unmask-link"),
    path("requests/<reference:req_id>/sources/<int:pk>/", scope.leave_out, name="leave-out-source"),
]
