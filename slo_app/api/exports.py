"""SLOs as files for machines: OpenSLO, Sloth's profile, and the catalog in Markdown."""

from __future__ import annotations

from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from portal.core.identity.access import token_scope
from portal.core.web.problems import problem

from .. import formats
from ..selectors.exporting import Chosen


@token_scope("slos:read")
@require_GET
def export(request: HttpRequest, form: str) -> HttpResponse:
    """The SLOs of the token's namespaces, or of them one (`slo`) or a team's (`team`).

    404 where the form is not known, 400 where `slo` is no number.
    """
    chosen = formats.FORMS.get(form)
    if chosen is None:
        return problem(404, "No such form", f"SLOs are exported as one of {', '.join(formats.FORMS)}.")
    slo = request.GET.get("slo", "")
    if slo and not (slo.isdecimal() and len(slo) < 19):
        return problem(400, "Not a number", "`slo` is the number of an SLO, as in its address.")
    covers = request.service_token.covers  # type: ignore[attr-defined]
    about = Chosen(slo=int(slo) if slo else None, team=request.GET.get("team", ""), covers=covers)
    content = "".join(formats.text(chosen, about)).encode()
    etag = f'"{sha256(content).hexdigest()}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    return HttpResponse(content, content_type=chosen.media_type, headers={"ETag": etag})
