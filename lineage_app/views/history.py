"""The history of a dataset: its versions by the runs that wrote them, and how its columns changed."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lineage_app.domain.run_facts import amount_of, assertions_of
from lineage_app.selectors import lists
from lineage_app.services.schema_history import NEWEST, schema_changes
from lineage_app.views.explorer import dataset_or_404
from portal.core.identity.access import requires
from portal.core.identity.policies import Act

SHOWN = 50


@requires(Act.READ)
@require_GET
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Show every writing of the dataset with its version and amounts, and the changes of its columns."""
    focus = dataset_or_404(pk)
    page = Paginator(lists.runs_of_dataset(focus, "output"), SHOWN).get_page(request.GET.get("page"))
    context = {
        "dataset": focus,
        "page": page,
        "writings": [(row, amount_of(row.facets), _held(row.facets)) for row in page.object_list],
        "changes": schema_changes(focus),
        "looked_at": NEWEST,
    }
    return render(request, "lineage_app/history.html", context)


def _held(facets: dict[str, object]) -> tuple[int, int]:
    """How many tests of quality held, of how many."""
    tests = assertions_of(facets)
    return sum(1 for test in tests if test.success), len(tests)
