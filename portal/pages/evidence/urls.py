"""Where the evidence pages and the log's API are."""

from django.urls import path

from portal.pages.evidence import api
from portal.pages.evidence.views import (
    anchors,
    checkpoints,
    finding,
    keys,
    ledger,
    packs,
    recomputations,
    retention,
    verifying,
)

app_name = "evidence"
urlpatterns = [
    path("", ledger.entries, name="list"),
    path("entries/<int:pk>/", ledger.entry, name="entry"),
    path("entries/<int:pk>/entry.json", ledger.entry_json, name="entry-json"),
    path("entries/<int:pk>/proof.tlog", ledger.entry_proof, name="entry-proof"),
    path("entries/<int:pk>/files/<str:digest>", ledger.entry_file, name="entry-file"),
    path("checkpoints/", checkpoints.checkpoints, name="checkpoints"),
    path("checkpoints/<int:size>/", checkpoints.checkpoint, name="checkpoint"),
    path("checkpoints/<int:size>/note", checkpoints.checkpoint_note, name="checkpoint-note"),
    path("anchors/", anchors.overview, name="anchors"),
    path("consistency", checkpoints.consistency, name="consistency"),
    path("find/", finding.find, name="find"),
    path("packs/", packs.packs, name="packs"),
    path("packs/<int:pk>/", packs.pack, name="pack"),
    path("packs/<int:pk>/pack.zip", packs.pack_file, name="pack-file"),
    path("retention/", retention.rules, name="retention"),
    path("retention/artifacts/", retention.artifacts, name="artifacts"),
    path("retention/artifacts/<str:digest>/hold/", retention.hold, name="hold"),
    path("retention/artifacts/<str:digest>/release/", retention.release, name="hold-release"),
    path("recomputations/", recomputations.recomputations, name="recomputations"),
    path("verify/", verifying.verify, name="verify"),
    path("keys/", keys.keys, name="keys"),
    path("keys/verify.py", keys.verifier, name="verifier"),
    path("keys/verify_signatures.py", keys.signature_verifier, name="signature-verifier"),
]
api_urlpatterns = [
    path("evidence/checkpoint", api.checkpoint, name="evidence-checkpoint"),
    path("evidence/consistency", api.consistency, name="evidence-consistency"),
]
