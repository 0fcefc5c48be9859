"""SLOs as code: one SLO in every language on a page, and files of one, of a team, of all."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from contracts_app.selectors import slo_key
from portal.core.identity.access import requires
from portal.core.identity.policies import Act

from .. import formats, selectors
from ..domain.own_alerts import OWN_ALERTS
from ..forms.exports import ExportForm
from ..selectors.exporting import Chosen, promises
from ..selectors.places import choices


@requires(Act.READ)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The files that can be taken away, of all SLOs or of a team's."""
    form = ExportForm(request.GET or None, teams=choices()["teams"])
    team = form.cleaned_data["team"] if form.is_valid() else ""
    context = {"form": form, "team": team, "forms": formats.FORMS, "own_alerts": OWN_ALERTS}
    return render(request, "slo_app/as_code.html", context)


@requires(Act.READ)
@require_GET
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """One SLO in every language that can say it."""
    slo = selectors.slo_for(request.user, pk)
    promise = next(promises(Chosen(slo=slo.pk)))
    context = {"slo": slo, "promise": promise, "parts": formats.as_code(promise, "" if slo.name else slo_key(slo.kind))}
    return render(request, "slo_app/code.html", context)


@requires(Act.READ)
@require_GET
def download(request: HttpRequest, form: str) -> StreamingHttpResponse:
    """A file, written as it is read; 404 where the form or the SLO is not known."""
    chosen = formats.FORMS.get(form)
    wanted = request.GET.get("slo", "")
    if chosen is None or (wanted and not wanted.isdecimal()):
        raise Http404
    slo = selectors.slo_for(request.user, int(wanted)).pk if wanted else None
    about = Chosen(slo=slo, team=request.GET.get("team", ""))
    answer = StreamingHttpResponse(formats.text(chosen, about), content_type=chosen.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{chosen.file_name}"'
    return answer
