"""The page of a contract: what is in force, what comes, and the tab that is open."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from contracts_app import selectors
from contracts_app.models import Version
from contracts_app.states import state_of
from contracts_app.tabs import opened
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may


@require_GET
@requires(Act.READ)
def contract_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What is in force, or another version: state, hash, who signed, and what has to happen next."""
    contract = selectors.contract_for(request.user, pk)
    versions = selectors.versions_in_short(contract)
    chosen = named(versions, request.GET.get("version", "")) or selectors.leading(versions)
    version = selectors.version_by_id(chosen.pk) if chosen else None
    context: dict[str, Any] = {"contract": contract, "version": version, "versions": versions}
    context |= {"outlook": selectors.outlook_of(versions), "may_edit": may(request.user, Act.PROPOSE_EDIT, contract)}
    if version is not None:
        version.contract = contract
        context |= _about(request, version)
    return render(request, "contracts_app/page.html", context)


def named(versions: list[Version], asked: str) -> Version | None:
    """The version of that number in the address, None where nobody asks for one; raises Http404 for another's."""
    if not asked:
        return None
    found = next((version for version in versions if str(version.pk) == asked), None)
    if found is None:
        raise Http404("This contract has no such version.")
    return found


def _about(request: HttpRequest, version: Version) -> dict[str, Any]:
    """What the head of the page says of the version, and the tab that is open."""
    word, kind = state_of(version)
    shown, chosen, context = opened(request, version, request.GET.get("tab", ""))
    about: dict[str, Any] = {
        "word": word,
        "kind": kind,
        "document": version.loaded.document,
        "blocker": selectors.next_blocker(version),
        "sign_as": selectors.signing_role(request.user, version),
        "answer_for": selectors.answering(request.user, version) if selectors.answers_are_asked(version) else [],
        "tabs": shown,
        "tab": chosen,
    }
    if asked := request.GET.get("signed", ""):
        about["just_signed"] = selectors.signature_link(version, asked)
    return {**about, **context}
