"""The typing rules with what each speaks for, and the owner's word on one dataset."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from lineage_app.domain.node_types import KINDS, LAYERS
from lineage_app.forms.names import TypeForm
from lineage_app.selectors import node_types
from lineage_app.services.node_types import type_asset
from lineage_app.views.explorer import dataset_or_404
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may, refusal

SHOWN = 25


@requires(Act.READ)
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Show the rules in their order with counts, and the datasets that none gives a layer."""
    context = {
        "rules": node_types.rules_with_counts(),
        "kinds": [kind.replace("_", " ") for kind in KINDS],
        "layers": LAYERS,
        "loose": Paginator(node_types.without_layer(), SHOWN).get_page(request.GET.get("page")),
        "may_adopt": may(request.user, Act.WRITE_CONTRACT),
    }
    return render(request, "lineage_app/node_types.html", context)


@requires(Act.WRITE_CONTRACT, Act.ADMINISTER)
@require_http_methods(["GET", "POST"])
def override(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the owner what a claimed dataset is."""
    dataset = dataset_or_404(pk)
    if dataset.asset is None:
        return redirect("lineage:adopt", pk=dataset.pk)
    if not node_types.may_type(request.user, dataset):
        raise PermissionDenied(refusal(Act.WRITE_CONTRACT, Act.ADMINISTER, of_this_object=True))
    asset = dataset.asset
    first = {"kind": asset.kind or dataset.kind, "layer": asset.layer or dataset.layer}
    form = TypeForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        type_asset(user=request.user, dataset=dataset, **form.cleaned_data)
        messages.success(request, f"{dataset.name} is what you said; your word goes before every rule.")
        return redirect(dataset)
    context = {"dataset": dataset, "form": form, "typed": node_types.typed(dataset)}
    return render(request, "lineage_app/type.html", context, status=422 if form.errors else 200)
