"""The verifier for uploads, a bundle or a whole pack: the same program as in the bundles."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.services.bundles import verifier_source
from portal.core.evidence.verify import Report, verify_bundle
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.pages.evidence.forms import MAX_PACK, MAX_UPLOAD, VerifyForm
from portal.pages.evidence.packs.checking import check_pack, is_pack
from portal.pages.evidence.selectors import leading_to

WORDS = {"OK": ("ok", "ok"), "FAILED": ("refused", "bad"), "not checked": ("not checked", "off")}


@requires(Act.READ_EVIDENCE)
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Check an uploaded bundle or pack with the verifier that bundles carry, and show each check."""
    form = VerifyForm(request.POST, request.FILES) if request.method == "POST" else VerifyForm()
    context: dict[str, Any] = {"form": form, "verifier": digest(verifier_source())}
    context |= {"max_bundle": MAX_UPLOAD, "max_pack": MAX_PACK}
    if request.method == "POST" and form.is_valid():
        context |= _checked(**form.cleaned_data)
    return render(request, "evidence/verify.html", context, status=422 if form.errors else 200)


def _checked(bundle: Any, key: str, seen: str) -> dict[str, Any]:
    """The report in the words of the page."""

    def lead(data: bytes) -> str:
        return leading_to(data, seen) if seen else ""

    if is_pack(bundle):
        found = check_pack(bundle, key, seen, lead)
        rows = [(name, report.exit_code == 1, _rows(report)) for name, report in found.bundles]
        return {"report": found.pack, "checks": _rows(found.pack), "code": found.exit_code, "bundles": rows}
    bundle.seek(0)
    data: bytes = bundle.read(MAX_UPLOAD)
    one = verify_bundle(data, key, seen, consistency=lead(data))
    return {"report": one, "checks": _rows(one), "code": one.exit_code, "bundles": []}


def _rows(report: Report) -> list[tuple[str, str, str, str]]:
    return [(name, *WORDS[state], sentence) for name, state, sentence in report.checks]
