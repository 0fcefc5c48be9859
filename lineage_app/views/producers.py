"""Who sends events, what is lenient or wrong about them, and how that is mended."""

import msgspec
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from lineage_app.domain.refusals import LENIENT, REFUSALS
from lineage_app.selectors import producers as selectors
from lineage_app.selectors import tallies
from lineage_app.selectors.producers import Before, Row, Sender
from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.policies import Act

KINDS = {"kept": "Kept", "lenient": "Accepted leniently", "foreign": "Outside the token's namespaces"}
PAGE = 25
_YEARS = range(2000, 9000)


@requires(Act.READ)
@require_GET
def producers(request: HttpRequest) -> HttpResponse:
    """Show every token that may send lineage, with what came from it."""
    page = Paginator(selectors.all_senders(request.user, now()), PAGE).get_page(request.GET.get("page"))
    context = {"senders": page, "totals": tallies.totals(), "endpoint": request.build_absolute_uri("/api/v1/lineage")}
    return render(request, "lineage_app/producers.html", context)


@requires(Act.READ)
@require_GET
def producer(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one sender: its counts, what is lenient and refused and how to mend it, what was outside."""
    found = _found(request, pk)
    context = {
        "sender": found,
        "uris": tallies.by_uri(pk),
        "lenient": [(mark, count, LENIENT.get(mark, "")) for mark, count in tallies.details(pk, "lenient")],
        "refused": [(reason, REFUSALS.get(reason), count) for reason, count in tallies.details(pk, "refused")],
        "outside": tallies.outside(pk),
        "may_read_refused": selectors.may_read_refused(request.user, found),
    }
    return render(request, "lineage_app/producer.html", context)


@requires(Act.READ)
@require_GET
def events(request: HttpRequest, pk: int) -> HttpResponse:
    """List the newest events of one sender; older ones by the time at which the last one shown was received."""
    only = request.GET.get("only", "kept")
    only = only if only in KINDS else "kept"
    mark = request.GET.get("mark", "") if only == "lenient" else ""
    mark = mark if mark in LENIENT else ""
    rows = selectors.events_of(request.user, pk, only=only, mark=mark, before=_before(request))
    context = {
        "sender": _found(request, pk),
        "only": only,
        "mark": mark,
        "mend": LENIENT.get(mark, ""),
        "kinds": KINDS.items(),
        "title": KINDS[only],
        "rows": rows[: selectors.SHOWN],
        "older": _place(rows[selectors.SHOWN - 1]) if len(rows) > selectors.SHOWN else "",
    }
    return render(request, "lineage_app/producer_events.html", context)


@requires(Act.READ_REFUSED)
@require_GET
def refused_events(request: HttpRequest, pk: int) -> HttpResponse:
    """List what was refused of what one token sent, for its team and for administrators."""
    found = _found(request, pk)
    if found.token is None:
        raise Http404("Nothing of the portal's own is ever refused.")
    reason = request.GET.get("reason", "")
    reason = reason if reason in REFUSALS else ""
    rows = selectors.refused_of(request.user, found, reason)
    context = {
        "sender": found,
        "reason": reason,
        "reasons": REFUSALS,
        "refusal": REFUSALS.get(reason),
        "rows": [(row, REFUSALS.get(row.reason)) for row in rows],
    }
    return render(request, "lineage_app/refused_events.html", context)


@requires(Act.READ_REFUSED)
@never_cache
@require_GET
def refused_event(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one refused event with its body and what to do about it."""
    found = selectors.refused(request.user, pk)
    if found is None:
        raise Http404("This refused event is not kept any more: only the newest of each reason are, for some days.")
    body = bytes(found.body)
    context = {
        "event": found,
        "refusal": REFUSALS.get(found.reason),
        "body": body.decode(errors="replace").replace("\0", "\N{SYMBOL FOR NULL}"),
        "readable": _readable(body),
        "kept_bytes": len(body),
        "is_cut": found.size > len(body) or found.reason == "size",
    }
    return render(request, "lineage_app/refused_event.html", context)


def _readable(body: bytes) -> str:
    """Return the body indented where it is JSON, else nothing: then it is shown as it was sent."""
    try:
        return msgspec.json.format(body, indent=2).decode().replace("\0", "\N{SYMBOL FOR NULL}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def _found(request: HttpRequest, pk: int) -> Sender:
    found = selectors.sender(request.user, pk, now())
    if found is None:
        raise Http404("No token of this number sends lineage: look for it in the list of producers.")
    return found


def _place(row: Row) -> str:
    return f"{row.raw.received_at.isoformat()}~{row.raw.pk}"


def _before(request: HttpRequest) -> Before:
    """Read where the list goes on; its beginning where nothing, or nonsense, is given."""
    time, _, number = request.GET.get("before", "").partition("~")
    try:
        given, last = parse_datetime(time.replace(" ", "+")), int(number)
    except ValueError:
        return Before(now())
    if given is None or given.tzinfo is None or given.year not in _YEARS or not 0 < last < 2**63:
        return Before(now())
    return Before(given, last)
