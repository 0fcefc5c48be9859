"""The proof of a request, as a page and as files."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from privacy_app.views import proofs


class ProofForm(StringConverter):
    """A file that a proof can be taken away as."""

    regex = "json|pdf|zip"


register_converter(ProofForm, "proof_form")

urlpatterns = [
    path("requests/<reference:req_id>/proof/", proofs.proof, name="proof"),
    path("requests/<reference:req_id>/proof/in-clear/", proofs.in_clear, name="proof-in-clear"),
    path("status/<reference:req_id>/<str:secret>/letter.pdf", proofs.letter, name="status-letter"),
    path("requests/<reference:req_id>/proof.<proof_form:form>", proofs.download, name="download"),
]
