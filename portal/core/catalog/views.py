"""Pages of the catalog: systems, what lies in them, and whether they can be reached."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.catalog import selectors, services
from portal.core.catalog.forms import SystemForm
from portal.core.connectors import registry
from portal.core.identity.access import requires
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, may
from portal.core.identity.roles import Role

PAGE = 50
FLOWS = 10
"""Flows that the page of systems shows."""


@requires(Act.READ)
@require_safe
def systems(request: HttpRequest) -> HttpResponse:
    """The registered systems page by page, and the first of the declared flows; lineage lists them all."""
    flows = list(selectors.flows()[: FLOWS + 1])
    context = {
        "page": Paginator(selectors.systems_in_short(), PAGE).get_page(request.GET.get("page")),
        "flows": flows[:FLOWS],
        "more_flows": len(flows) > FLOWS,
        "may_register": may(request.user, Act.ADMINISTER),
    }
    return render(request, "catalog/systems.html", context)


@requires(Act.READ)
@require_safe
def system(request: HttpRequest, pk: int) -> HttpResponse:
    """One system: its settings without secrets, and the assets that lie in it."""
    found = get_object_or_404(selectors.systems(), pk=pk)
    connector = registry.get(found.kind)
    context = {
        "system": found,
        "connector": connector,
        "capabilities": selectors.capabilities(found.kind),
        "may_ping": may(request.user, Act.ADMINISTER),
    }
    return render(request, "catalog/system.html", context)


@requires(Act.ADMINISTER)
@require_POST
def ping(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Try to reach the system with each of its two secrets, and say what came of it."""
    found = get_object_or_404(selectors.systems(), pk=pk)
    answers = selectors.reachability(found)
    services.note_test(actor=actor_of(request.user, Role.ADMINISTRATOR), system=found, found=answers)
    for purpose, reached, sentence in answers:
        tell = messages.success if reached else messages.error
        tell(request, f"{found}, {purpose} secret: {sentence}")
    return redirect("settings:systems" if request.POST.get("back") == "settings" else found)


@requires(Act.ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register a system."""
    form = SystemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = services.register_system(actor=actor_of(request.user, Role.ADMINISTRATOR), **form.cleaned_data)
        messages.success(request, f"{made} is registered. Test it, then say which assets lie in it.")
        return redirect(made)
    return render(request, "catalog/register.html", {"form": form}, status=422 if form.is_bound else 200)
