"""The plan of a request: made, decided, submitted, approved."""

from django.urls import path

from privacy_app.views import plans

urlpatterns = [
    path("requests/<reference:req_id>/plan/", plans.plan, name="plan"),
    path("requests/<reference:req_id>/plan/progress/", plans.progress, name="plan-progress"),
    path("requests/<reference:req_id>/plan/drawing.svg", plans.drawing, name="plan-drawing"),
    path("requests/<reference:req_id>/plan/make/", plans.make, name="make-plan"),
    path("requests/<reference:req_id>/plan/steps/<int:pk>/look/", plans.look_again, name="look-again"),
    path("requests/<reference:req_id>/plan/findings/<int:pk>/", plans.exclude, name="exclude"),
    path("requests/<reference:req_id>/plan/findings/<int:pk>/plan/", plans.include, name="include"),
    path("requests/<reference:req_id>/plan/submit/", plans.submit, name="submit-plan"),
    path("requests/<reference:req_id>/approve/", plans.approve, name="approve"),
    path("requests/<reference:req_id>/approve/apart/", plans.decide_apart, name="decide-apart"),
    path("requests/<reference:req_id>/send-back/", plans.send_back, name="send-back"),
]
