"""The list of contracts, filtered and sorted by its address."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from contracts_app import selectors
from contracts_app.domain.lifecycle import State
from contracts_app.forms.format import CLASSIFICATIONS
from contracts_app.states import state_of
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may

FILTERS = ("q", "state", "team", "tier", "classification", "mine")
SORTS = (("name", "Name"), ("deadline", "Next deadline"), ("changed", "Last change"))


@require_GET
@requires(Act.READ)
def contract_list(request: HttpRequest) -> HttpResponse:
    """All contracts, by name, state, team, tier, classification, and whether they wait for the reader."""
    asked = {key: request.GET.get(key, "").strip()[:200] for key in FILTERS}
    sort = request.GET.get("sort", "name")
    found = selectors.contract_rows(
        request.user, selectors.Asked(**asked), sort=sort if sort in dict(SORTS) else "name"
    )
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(contract, *_row(contract)) for contract in selectors.with_versions(page)],
        "counts": selectors.counts_by_state(),
        "asked": asked,
        "is_filtered": any(asked.values()),
        "sort": sort,
        "sorts": SORTS,
        "states": [(state.value, state.value.capitalize()) for state in State],
        "classifications": CLASSIFICATIONS,
        "teams": selectors.owning_teams(),
        "may_write": may(request.user, Act.WRITE_CONTRACT),
    }
    return render(request, "contracts_app/list.html", context)


def _row(contract: object) -> tuple[object, ...]:
    """The outlook, the version that stands for the contract, its mark and its counted signatures."""
    outlook = selectors.outlook_of(contract.versions.all())  # type: ignore[attr-defined]
    version = outlook.leading
    word, kind = state_of(version) if version else ("No version", "off")
    signing = outlook.coming or version
    signed = sum(link.voided_at is None for link in signing.signatures.all()) if signing else 0
    return outlook, version, word, kind, signing, signed
