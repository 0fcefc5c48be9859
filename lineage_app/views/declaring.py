"""Declaring that a dataset is fed by another, after a look at what is known; and withdrawing it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from lineage_app.domain.names import Name
from lineage_app.forms.names import DeclareForm
from lineage_app.models import Dataset, Declaration
from lineage_app.selectors import declarations
from lineage_app.services.declaring import DeclarationRefused, declare_edge, withdraw_edge
from lineage_app.views.explorer import dataset_or_404
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, refusal
from portal.core.web.idempotency import key_of

_REFUSAL = refusal(Act.WRITE_CONTRACT, Act.ADMINISTER, of_this_object=True)


@requires(Act.WRITE_CONTRACT, Act.ADMINISTER)
@require_http_methods(["GET", "POST"])
def declaring(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what feeds the dataset and through which job, show what is known of them, and declare it."""
    dataset = dataset_or_404(pk)
    target = Name(dataset.namespace, dataset.name)
    if not declarations.may_declare(request.user, target):
        raise PermissionDenied(_REFUSAL)
    asked = request.POST or request.GET
    first = {"namespace": dataset.namespace, "job_namespace": dataset.namespace}
    form = DeclareForm(asked if "name" in asked else None, target=target, initial=first)
    valid = form.is_bound and form.is_valid()
    if request.method == "POST" and valid:
        try:
            declare_edge(user=request.user, dst=target, key=key_of(request), **form.wanted())
        except DeclarationRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "The edge is declared. It is in the graph in a moment, until a run confirms it.")
            return redirect(dataset)
    context = {"dataset": dataset, "form": form, "check": _check(dataset, form) if valid and not form.errors else None}
    return render(request, "lineage_app/declare.html", context, status=422 if form.errors else 200)


@requires(Act.WRITE_CONTRACT, Act.ADMINISTER)
@require_http_methods(["GET", "POST"])
def withdrawing(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was declared and withdraw it."""
    row = _declaration_or_404(pk)
    if not declarations.may_declare(request.user, row.dst):
        raise PermissionDenied(_REFUSAL)
    target = declarations.dataset_named(row.dst)
    if request.method == "POST":
        withdraw_edge(user=request.user, row=row)
        messages.success(request, "The declaration is withdrawn. What runs have shown stays.")
        return redirect(target or "lineage:names")
    seen = declarations.is_seen(row.src, row.dst)
    return render(request, "lineage_app/declare_withdraw.html", {"row": row, "target": target, "seen": seen})


def _check(dataset: Dataset, form: DeclareForm) -> dict[str, Any]:
    wanted = form.wanted()
    return {
        "src": wanted["src"],
        "job": wanted["job"],
        "source": declarations.dataset_named(wanted["src"]),
        "seen": declarations.is_seen(wanted["src"], Name(dataset.namespace, dataset.name)),
    }


def _declaration_or_404(pk: int) -> Declaration:
    row = declarations.declaration_row(pk)
    if row is None:
        raise Http404("No declaration has this number: see the page of its dataset.")
    return row
