"""Board packs: ask for one, watch it being made, take it away with what checks it."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from portal.core.clock.beat import wake
from portal.core.clock.services import now
from portal.core.evidence.selectors import ArtifactGone, entry_state, read_artifact
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, require
from portal.core.web.idempotency import key_of
from portal.pages.scoreboard import packing
from portal.pages.scoreboard.facts import NOT_COVERED, NothingCounted
from portal.pages.scoreboard.forms import PackForm
from portal.pages.scoreboard.models import BoardPack, Day
from portal.pages.scoreboard.periods import Period, period_named, periods
from portal.pages.scoreboard.tasks import make_board_pack

SHOWN = 50
YEARS = 3


@require_http_methods(["GET", "POST"])
@requires(Act.COUNT_REQUESTS)
def packs(request: HttpRequest) -> HttpResponse:
    """The packs that were made, and the form for another."""
    today = now().date()
    form = PackForm(request.POST or None, _offered(today))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                period = period_named(form.cleaned_data["period"], today)
                pack = packing.ask(user=request.user, key=key_of(request), period=period)
                wake(make_board_pack, pack.pk)
        except NothingCounted as refused:
            form.add_error("period", str(refused))
        else:
            return redirect(pack)
    made = BoardPack.objects.select_related("asked_by")[:SHOWN]
    context = {"form": form, "packs": made, "years": packing.RETAIN_DAYS // 365}
    return render(request, "scoreboard/packs.html", context, status=422 if form.errors else 200)


@require_GET
@requires(Act.COUNT_REQUESTS)
def pack(request: HttpRequest, pk: int) -> HttpResponse:
    """One pack: how far it is, or its files with what the ledger says of them."""
    found = _wanted(request, pk)
    context = {
        "pack": found,
        "steps": len(packing.STEPS),
        "state": entry_state(found.entry) if found.entry else None,
        "not_covered": NOT_COVERED,
    }
    return render(request, "scoreboard/pack.html", context)


@require_GET
@requires(Act.COUNT_REQUESTS)
def pack_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The signed PDF, read with its digest checked."""
    found = _wanted(request, pk)
    return _file(found.pdf_digest, f"{found.name}.pdf", "application/pdf")


@require_GET
@requires(Act.COUNT_REQUESTS)
def pack_bundle(request: HttpRequest, pk: int) -> HttpResponse:
    """The evidence bundle, which checks without the portal."""
    found = _wanted(request, pk)
    return _file(found.bundle_digest, f"{found.name}.zip", "application/zip")


def _offered(today: date) -> list[Period]:
    first = Day.objects.order_by("day").values_list("day", flat=True).first() or today
    return periods(today, since=max(first, today.replace(year=today.year - YEARS, day=1)))


def _wanted(request: HttpRequest, pk: int) -> BoardPack:
    require(request.user, Act.COUNT_REQUESTS)
    found = BoardPack.objects.select_related("asked_by", "entry").filter(pk=pk).first()
    if found is None:
        raise Http404(f"There is no board pack {pk}.")
    return found


def _file(digest: str, name: str, media_type: str) -> HttpResponse:
    if not digest:
        raise Http404("This pack is being made. Its page shows how far it is.")
    try:
        data = read_artifact(digest)
    except ArtifactGone as gone:
        raise Http404(str(gone)) from gone
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(data, content_type=media_type, headers=headers)
