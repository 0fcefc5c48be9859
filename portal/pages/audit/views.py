"""The audit log: who did what, with filters in the address, and its files."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.core.evidence import kinds, search, selectors
from portal.core.evidence.models import Entry
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may
from portal.pages.audit.exporting import as_csv, as_ndjson
from portal.pages.audit.forms import AuditFilters
from portal.pages.evidence.related import reference_of
from portal.pages.evidence.selectors import PAGE, visible_entries, with_actors
from portal.pages.evidence.watch import WholeLedger

READS = (
    "privacy:identifier:unmasked",
    "privacy:document:read",
    "evidence:pack:made",
    "programme:tree:exported",
)
"""The kinds by which somebody only took something to see."""
NOT_COVERED = (
    "Signing in and out, and pages that were opened: reading is not recorded, except where it is listed above.",
    "What pipelines sent: lineage events and measurements have their own tables, with their own counts.",
    "People whose data was deleted: an entry holds references and digests, never an identifier of a data subject.",
    "Names for ever: a name stands beside its opaque id only as long as the portal keeps it.",
)


@requires(Act.READ_EVIDENCE)
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """The newest acts within the reader's rights, a page at a time by a cursor."""
    form, found = _asked(request)
    rows = list(found[: PAGE + 1])
    context = {
        "form": form,
        "rows": [(entry, sentence, who, reference_of(entry)) for entry, sentence, who in with_actors(rows[:PAGE])],
        "next": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "filtered": any(value for name, value in request.GET.items() if name != "before"),
        "head": selectors.latest_checkpoint(),
        "whole": may(request.user, Act.READ_EVIDENCE, WholeLedger()),
        "reads": [name for name in READS if kinds.find(name)],
        "not_covered": NOT_COVERED,
    }
    return render(request, "pages/audit/log.html", context, status=422 if form.errors else 200)


@requires(Act.READ_EVIDENCE)
@require_safe
def csv_file(request: HttpRequest) -> HttpResponseBase:
    """Everything that the filters leave, for a spreadsheet."""
    return _file(request, as_csv, "text/csv; charset=utf-8", "audit-log.csv")


@requires(Act.READ_EVIDENCE)
@require_safe
def ndjson_file(request: HttpRequest) -> HttpResponseBase:
    """Everything that the filters leave, one JSON object a line."""
    return _file(request, as_ndjson, "application/x-ndjson; charset=utf-8", "audit-log.ndjson")


def _file(
    request: HttpRequest, write: Callable[[QuerySet[Entry]], Iterator[str]], media_type: str, name: str
) -> HttpResponseBase:
    form, found = _asked(request)
    if form.errors:
        return render(request, "pages/audit/log.html", {"form": form, "not_covered": NOT_COVERED}, status=422)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(write(found), content_type=media_type, headers=headers)


def _asked(request: HttpRequest) -> tuple[AuditFilters, QuerySet[Entry]]:
    """The filters, and what they leave of what the reader may see; nothing where they cannot be understood."""
    form = AuditFilters(request.GET, roles=search.roles())
    visible = visible_entries(request.user)
    return form, form.wanted(visible) if form.is_valid() else visible.none()
