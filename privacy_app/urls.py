"""Where the deletion requests are: public pages, staff pages, and the API."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from privacy_app import api
from privacy_app.views import plans, proofs, public, staff


class Reference(StringConverter):
    """A request's reference."""

    regex = r"DEL-\d{4}-\d{2}-\d{2}-\d{4,}"


class ProofForm(StringConverter):
    """A file that a proof can be taken away as."""

    regex = "json|pdf|zip"


register_converter(Reference, "reference")
register_converter(ProofForm, "proof_form")

app_name = "privacy"
urlpatterns = [
    path("", staff.inbox, name="inbox"),
    path("ask/", public.ask, name="intake"),
    path("status/<reference:req_id>/<str:secret>/", public.status, name="status"),
    path("status/<reference:req_id>/<str:secret>/code/", public.resend, name="status-code"),
    path("status/<reference:req_id>/<str:secret>/withdraw/", public.withdraw, name="status-withdraw"),
    path("status/<reference:req_id>/<str:secret>/proof.zip", public.own_proof, name="status-proof"),
    path("requests/new/", staff.new, name="new"),
    path("requests/<reference:req_id>/", staff.detail, name="request"),
    path("requests/<reference:req_id>/progress/", staff.progress, name="progress"),
    path("requests/<reference:req_id>/identity/", staff.override, name="override"),
    path("requests/<reference:req_id>/code/", staff.resend, name="resend"),
    path("requests/<reference:req_id>/deny/", staff.deny, name="deny"),
    path("requests/<reference:req_id>/cancel/", staff.cancel, name="cancel"),
    path("requests/<reference:req_id>/pause/", staff.pause, name="pause"),
    path("requests/<reference:req_id>/resume/", staff.resume, name="resume"),
    path("requests/<reference:req_id>/identifiers/<int:pk>/", staff.unmask, name="unmask"),
    path("requests/<reference:req_id>/links/<int:pk>/", staff.decide_edge, name="decide-edge"),
    path("requests/<reference:req_id>/steps/<int:pk>/retry/", staff.retry, name="retry"),
    path("requests/<reference:req_id>/plan/", plans.plan, name="plan"),
    path("requests/<reference:req_id>/plan/make/", plans.make, name="make-plan"),
    path("requests/<reference:req_id>/plan/findings/<int:pk>/", plans.exclude, name="exclude"),
    path("requests/<reference:req_id>/plan/submit/", plans.submit, name="submit-plan"),
    path("requests/<reference:req_id>/approve/", plans.approve, name="approve"),
    path("requests/<reference:req_id>/send-back/", plans.send_back, name="send-back"),
    path("requests/<reference:req_id>/proof/", proofs.proof, name="proof"),
    path("requests/<reference:req_id>/proof.<proof_form:form>", proofs.download, name="download"),
    path("texts/", proofs.texts, name="texts"),
    path("texts/<slug:kind>/", proofs.text, name="text"),
]
api_urlpatterns = [
    path("privacy/requests", api.receive, name="privacy-intake"),
    path("suppression/check", api.check_suppression, name="suppression-check"),
]
