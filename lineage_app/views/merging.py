"""Saying that two datasets are one, after a look at both; and taking it back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from lineage_app.forms.names import MergeForm
from lineage_app.models import Dataset, Merge
from lineage_app.selectors import lists, merges
from lineage_app.services.merging import MergeRefused, merge, part
from lineage_app.views.explorer import dataset_or_404
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, refusal
from portal.core.web.idempotency import key_of

FOUND = 20


@requires(Act.SIGN_PRODUCER, Act.ADMINISTER)
@require_http_methods(["GET", "POST"])
def merging(request: HttpRequest, pk: int) -> HttpResponse:
    """Find the other name, look at both, and say why they are one."""
    dataset = dataset_or_404(pk)
    other = _other(request, dataset)
    if other is None:
        return _search(request, dataset)
    if not merges.may_merge(request.user, dataset, other):
        raise PermissionDenied(refusal(Act.SIGN_PRODUCER, Act.ADMINISTER, of_this_object=True))
    form = MergeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            merge(user=request.user, one=dataset, other=other, key=key_of(request), **form.cleaned_data)
        except MergeRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{dataset.name} and {other.name} are one dataset now.")
            return redirect(dataset_or_404(dataset.pk))
    context = {"dataset": dataset, "other": other, "form": form, "comparison": merges.comparison(dataset, other)}
    return render(request, "lineage_app/merge_check.html", context, status=422 if form.errors else 200)


@requires(Act.SIGN_PRODUCER, Act.ADMINISTER)
@require_http_methods(["GET", "POST"])
def parting(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was said and take it back."""
    row = Merge.objects.select_related("said_by", "undone_by").filter(pk=pk).first()
    if row is None:
        raise Http404("No merge has this number: see the list of names.")
    if not merges.may_merge(request.user, *merges.known_as(row)):
        raise PermissionDenied(refusal(Act.SIGN_PRODUCER, Act.ADMINISTER, of_this_object=True))
    if request.method == "POST":
        part(user=request.user, row=row)
        messages.success(request, f"{row.name} and {row.other_name} part, unless something else joins them.")
        return redirect("lineage:names")
    return render(request, "lineage_app/merge_undo.html", {"merge": row, "datasets": merges.known_as(row)})


def _other(request: HttpRequest, dataset: Dataset) -> Dataset | None:
    asked = request.POST.get("other") or request.GET.get("other") or ""
    found = lists.representative(int(asked)) if asked.isdecimal() and len(asked) < 18 else None
    return found if found is not None and found.pk != dataset.pk else None


def _search(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:200].replace("\x00", "")
    found = merges.candidates(dataset, text)[:FOUND]
    return render(request, "lineage_app/merge.html", {"dataset": dataset, "q": text, "found": found})
