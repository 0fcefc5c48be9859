"""Where the evidence pages and the log's API are."""

from django.urls import path

from portal.pages.evidence import api, views

app_name = "evidence"
urlpatterns = [
    path("", views.entries, name="list"),
    path("entries/<int:pk>/", views.entry, name="entry"),
    path("entries/<int:pk>/entry.json", views.entry_json, name="entry-json"),
    path("entries/<int:pk>/proof.tlog", views.entry_proof, name="entry-proof"),
    path("checkpoints/", views.checkpoints, name="checkpoints"),
    path("checkpoints/<int:size>/", views.checkpoint, name="checkpoint"),
    path("checkpoints/<int:size>/note", views.checkpoint_note, name="checkpoint-note"),
    path("consistency", views.consistency, name="consistency"),
    path("verify/", views.verify, name="verify"),
    path("keys/", views.keys, name="keys"),
    path("keys/verify.py", views.verifier, name="verifier"),
    path("keys/verify_signatures.py", views.signature_verifier, name="signature-verifier"),
]
api_urlpatterns = [
    path("evidence/checkpoint", api.checkpoint, name="evidence-checkpoint"),
    path("evidence/consistency", api.consistency, name="evidence-consistency"),
]
