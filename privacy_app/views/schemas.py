"""The format of a proof as files that anybody may read: its JSON Schema, and test vectors of its hash."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.core.identity.access import public

FOLDER = Path(__file__).resolve().parents[1] / "schema"


@public("whoever checks a proof needs its format, without an account")
@require_safe
def schema(_: HttpRequest) -> HttpResponse:
    """The JSON Schema of the artifact."""
    return HttpResponse((FOLDER / "deletion_proof.schema.json").read_bytes(), content_type="application/schema+json")


@public("whoever checks a proof needs its format, without an account")
@require_safe
def vectors(_: HttpRequest) -> HttpResponse:
    """Inputs, canonical bytes and hashes, for somebody who writes `verification_hash` anew."""
    return HttpResponse((FOLDER / "verification_hash.json").read_bytes(), content_type="application/json")
