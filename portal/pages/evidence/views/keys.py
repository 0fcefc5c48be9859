"""The keys that ever signed here, and the verifier that bundles carry; both are for everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.core.evidence import keys as server_keys
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.models import PublicKey
from portal.core.evidence.selectors import announced_keys
from portal.core.evidence.services.bundles import signature_verifier_source, verifier_source
from portal.core.identity.access import public
from portal.pages.evidence.views.common import download


@public("auditors compare the key's fingerprint without an account")
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Every key that ever signed here, and the verifier with its digest."""
    present = server_keys.server_key()
    known = [(row.key_id, bytes(row.public), row.first_used_at) for row in PublicKey.objects.order_by("-id")]
    if present.key_id not in [key_id for key_id, _, _ in known]:
        known.insert(0, (present.key_id, present.public, None))
    announced = announced_keys()
    rows = [
        {
            "key_id": key_id,
            "fingerprint": server_keys.fingerprint(raw),
            "pem": server_keys.public_pem(raw).decode(),
            "since": since,
            "in_use": key_id == present.key_id,
            "announced": announced.get(key_id),
        }
        for key_id, raw, since in known
    ]
    files = {"verifier": digest(verifier_source()), "signature_verifier": digest(signature_verifier_source())}
    return render(request, "evidence/keys.html", {"rows": rows, **files})


@public("the verifier is part of the release")
@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """The verifier's source, as bundles carry it."""
    del request
    return download(verifier_source(), "verify.py", "text/x-python; charset=utf-8")


@public("the verifier is part of the release")
@require_safe
def signature_verifier(request: HttpRequest) -> HttpResponse:
    """The part of the verifier for persons' signatures."""
    del request
    return download(signature_verifier_source(), "verify_signatures.py", "text/x-python; charset=utf-8")
