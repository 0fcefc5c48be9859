"""After the proof: looks, reopened requests, restores, and the suppression list's page."""

from django.urls import path

from privacy_app.views import aftercare, restores, suppression

urlpatterns = [
    path("requests/<reference:req_id>/aftercare/", aftercare.aftercare, name="aftercare"),
    path("requests/<reference:req_id>/aftercare/look/", aftercare.ask, name="look-again"),
    path("requests/<reference:req_id>/aftercare/plan/", aftercare.plan_again, name="plan-again"),
    path("requests/<reference:req_id>/aftercare/close/", aftercare.close_again, name="close-again"),
    path("restores/", restores.restores, name="restores"),
    path("restores/note/", restores.note, name="note-restore"),
    path("restores/rehearse/", restores.rehearse, name="rehearse-restore"),
    path("restores/<int:pk>/", restores.restore, name="restore"),
    path("restores/<int:pk>/again/", restores.again, name="replay-again"),
    path("restores/<int:pk>/live/", restores.go_live, name="go-live"),
    path("suppression/", suppression.suppression_list, name="suppression"),
    path("suppression/rotate/", suppression.rotate, name="rotate-suppression"),
]
