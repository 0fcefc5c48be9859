"""Declared flows: the list, one of them, putting one together, checking and declaring it, withdrawing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from lineage_app.forms.coverage import FlowDraft, FlowsForm
from lineage_app.forms.explorer import view_form
from lineage_app.selectors.coverage import Hop
from lineage_app.selectors.flow_windows import flow_window
from lineage_app.selectors.flows import FlowStanding, flows_like, in_short, jobs_of_hops, runs_of_hops, standing_of
from lineage_app.selectors.hop_words import WORDS, next_step
from lineage_app.views.exports import exports_of
from lineage_app.views.pictures import Picture, counted, frame_of
from portal.core.catalog.selectors import assets_by_id, assets_like
from portal.core.catalog.services import declare_flow, withdraw_flow
from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, may, require
from portal.core.identity.selectors import teams

PAGE, FOUND = 50, 10


@require_GET
@requires(Act.READ)
def flow_list(request: HttpRequest) -> HttpResponse:
    """Every flow with its tier, its owner and how many of its hops are covered."""
    form = FlowsForm(request.GET, teams=[(team.slug, team.name) for team in teams(request.user)])
    asked = form.chosen()
    found = flows_like(text=asked["q"], team=asked["team"]).prefetch_related(None)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": in_short(page, now()),
        "filtered": any(asked.values()),
        "may_declare": may(request.user, Act.DECLARE_LINEAGE),
    }
    return render(request, "lineage_app/flows.html", context)


def asked(request: HttpRequest, pk: int) -> Picture:
    """The picture of a flow by its number, as it stands now."""
    (standing,) = standing_of([_flow_or_404(pk)], now())
    return _picture(request, standing)


diagram = frame_of(asked)
export = exports_of(asked)


@require_GET
@requires(Act.READ)
def flow(request: HttpRequest, pk: int) -> HttpResponse:
    """One flow: its drawing, its assets in order, and how each hop is known."""
    found = _flow_or_404(pk)
    (standing,) = standing_of([found], now())
    context = {
        "flow": found,
        "standing": standing,
        "picture": _picture(request, standing),
        "rows": _rows(standing.hops),
        "may_change": may(request.user, Act.DECLARE_LINEAGE, found),
    }
    return render(request, "lineage_app/flow.html", context)


@require_GET
@requires(Act.DECLARE_LINEAGE)
def compose(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Put a flow together, all of it in the address; `do` changes it and leads on to the address of the result."""
    found = _flow_or_404(pk) if pk else None
    if found is not None:
        require(request.user, Act.DECLARE_LINEAGE, found)
    draft = FlowDraft(request.GET)
    if found is not None and not request.GET:
        draft.name, draft.steps = found.name, [step.asset_id for step in found.steps.all()]
    if draft.act and draft.act != "check":
        draft.apply()
        return redirect(f"{request.path}?{urlencode(draft.query)}#way")
    assets = _assets(draft)
    problems = _problems(draft, assets, found)
    if draft.act == "check" and not problems:
        query = [*draft.query, *([("flow", found.pk)] if found else [])]
        return redirect(f"{reverse('lineage:flow-check')}?{urlencode(query)}")
    context = {
        "flow": found,
        "draft": draft,
        "assets": assets,
        "problems": problems if draft.act == "check" else [],
        "results": [asset for asset in assets_like(draft.words)[:FOUND] if asset not in assets] if draft.words else [],
        "last": len(assets) - 1,
    }
    return render(request, "lineage_app/flow_compose.html", context, status=422 if context["problems"] else 200)


@require_http_methods(["GET", "POST"])
@requires(Act.DECLARE_LINEAGE)
def check(request: HttpRequest) -> HttpResponse:
    """Show what will be declared and whose it will be; a POST declares it, and a second one finds it declared."""
    sent = request.POST if request.method == "POST" else request.GET
    draft, number = FlowDraft(sent), sent.get("flow", "")
    found = _flow_or_404(int(number)) if number.isdecimal() and len(number) < 18 else None
    assets = _assets(draft)
    problems = _problems(draft, assets, found)
    if problems:
        address = reverse("lineage:flow-edit", args=[found.pk]) if found else reverse("lineage:flow-new")
        return redirect(f"{address}?{urlencode([*draft.query, ('do', 'check')])}")
    for governed in filter(None, (found, assets[-1])):
        require(request.user, Act.DECLARE_LINEAGE, governed)
    if request.method == "POST":
        return _declare(request, draft, assets, found)
    context = {
        "flow": found,
        "draft": draft,
        "assets": assets,
        "owner": assets[-1].owner_team,
        "counts": any(asset.tier == 1 or asset.kind == "vector_index" for asset in assets),
        "hops": len(assets) - 1,
    }
    return render(request, "lineage_app/flow_check.html", context)


@require_http_methods(["GET", "POST"])
@requires(Act.DECLARE_LINEAGE)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why, then take the flow away."""
    found = _flow_or_404(pk)
    require(request.user, Act.DECLARE_LINEAGE, found)
    reason, problems = request.POST.get("reason", ""), []
    if request.method == "POST":
        try:
            withdraw_flow(actor=actor_of(request.user), flow=found, reason=reason)
        except ValidationError as error:
            problems = error.messages
        else:
            messages.success(request, f"The flow {found.name} is withdrawn.")
            return redirect("lineage:flows")
    context = {"flow": found, "reason": reason, "problems": problems}
    return render(request, "lineage_app/flow_withdraw.html", context, status=422 if problems else 200)


def _picture(request: HttpRequest, standing: FlowStanding) -> Picture:
    form, share = view_form(request.GET), standing.share
    view = form.view()
    return Picture(
        title=f"Flow {standing.flow.name}",
        summary=f"{share.covered} of {counted(share.total, 'hop')} of {standing.flow.name} proved within seven days.",
        window=flow_window(standing, view),
        form=form,
        view=view,
        name="flow",
        stem=f"flow-{standing.flow.pk}",
        args=(standing.flow.pk,),
        query=view.query,
    )


def _declare(request: HttpRequest, draft: FlowDraft, assets: list[Any], found: Any) -> HttpResponseRedirect:
    made = declare_flow(
        actor=actor_of(request.user), name=draft.name, owner_team=assets[-1].owner_team, assets=assets, flow=found
    )
    messages.success(request, f"The flow {made.name} is declared; its hops are counted from now on.")
    return redirect(made)


def _assets(draft: FlowDraft) -> list[Any]:
    """The draft's assets in its order; numbers that no asset has are left out."""
    known = assets_by_id(draft.steps)
    draft.steps = [pk for pk in draft.steps if pk in known]
    return [known[pk] for pk in draft.steps]


def _problems(draft: FlowDraft, assets: list[Any], found: Any) -> list[tuple[str, str]]:
    """What stands against declaring it: (sentence, id of what to mend)."""
    problems = []
    if not draft.name:
        problems.append(("Give the flow a name.", "name"))
    same = flows_like().filter(name=draft.name).first()
    if same is not None and (found is None or same.pk != found.pk):
        problems.append((f"There is a flow called {draft.name} already: choose another name.", "name"))
    if len(assets) < 2:
        problems.append(("Add at least two assets: the first is the source, the last the product.", "q"))
    elif assets[-1].owner_team is None:
        problems.append(
            (f"{assets[-1]} has no owner: give it one in its contract first, who owns the flow too.", "way")
        )
    if len(assets) != len(set(draft.steps)):
        problems.append(("An asset stands in it twice: a flow passes each asset once.", "way"))
    return problems


def _flow_or_404(pk: int) -> Any:
    found = flows_like().filter(pk=pk).first()
    if found is None:
        raise Http404("No flow has this number: it may have been withdrawn. The list of flows has all of them.")
    return found


def _rows(hops: Any) -> list[dict[str, Any]]:
    jobs, runs = jobs_of_hops(hops), runs_of_hops(hops)
    return [_row(hop, jobs.get(hop.judged.job or 0), runs) for hop in hops]


def _row(hop: Hop, job: Any, runs: dict[Any, Any]) -> dict[str, Any]:
    word, mark = WORDS[hop.state]
    return {
        "hop": hop,
        "word": word,
        "mark": mark,
        "job": job,
        "proof": runs.get((hop.judged.job, hop.judged.seen)),
        "failure": runs.get((hop.judged.job, hop.judged.failed)),
        "between": len(hop.judged.way) - 2,
        "step": next_step(hop, job),
    }
