"""The inbox, one request, and what the privacy team decides about it."""

from django.urls import path

from privacy_app.views import decisions, inbox, requests

urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("requests/<reference:req_id>/", requests.detail, name="request"),
    path("requests/<reference:req_id>/assign/", inbox.assign, name="assign"),
    path("requests/<reference:req_id>/progress/", requests.progress, name="progress"),
    path("requests/<reference:req_id>/identity/", decisions.override, name="override"),
    path("requests/<reference:req_id>/code/", decisions.resend, name="resend"),
    path("requests/<reference:req_id>/deny/", decisions.deny, name="deny"),
    path("requests/<reference:req_id>/cancel/", decisions.cancel, name="cancel"),
    path("requests/<reference:req_id>/pause/", decisions.pause, name="pause"),
    path("requests/<reference:req_id>/extend/", decisions.extend, name="extend"),
    path("requests/<reference:req_id>/resume/", decisions.resume, name="resume"),
    path("requests/<reference:req_id>/identifiers/<int:pk>/", decisions.unmask, name="unmask"),
    path("requests/<reference:req_id>/links/<int:pk>/", decisions.decide_edge, name="decide-edge"),
    path("requests/<reference:req_id>/steps/<int:pk>/", requests.step, name="step"),
    path("requests/<reference:req_id>/steps/<int:pk>/retry/", decisions.retry, name="retry"),
]
