"""What an auditor takes away of a contract."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from contracts_app import selectors, services
from portal.core.evidence.services import EntryPending
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, require


@requires(Act.READ_EVIDENCE)
@require_GET
def bundle(request: HttpRequest, pk: int) -> HttpResponse:
    """The bundle of a version's signatures; while the ledger is not ready, the contract's page says so."""
    version = selectors.version_for(request.user, pk)
    require(request.user, Act.READ_EVIDENCE, version.contract)
    try:
        data = services.build_contract_bundle(version)
    except (services.Refused, EntryPending) as reason:
        messages.info(request, str(reason))
        return redirect(version.get_absolute_url())
    response = HttpResponse(data, content_type="application/zip")
    name = f"{version.contract.name}-{version.number}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
