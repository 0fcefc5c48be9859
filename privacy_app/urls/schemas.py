"""The published format of a proof."""

from django.urls import path

from privacy_app.views import schemas

urlpatterns = [
    path("proofs/schema.json", schemas.schema, name="proof-schema"),
    path("proofs/verification-hash.json", schemas.vectors, name="proof-vectors"),
]
