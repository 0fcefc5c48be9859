"""The list of contracts, the page of one, and the comparison of two versions."""

from __future__ import annotations

import difflib
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from contracts_app import selectors
from contracts_app.domain.compare import compare_loaded
from contracts_app.domain.lifecycle import State
from contracts_app.models import Contract, Version
from contracts_app.states import state_of
from contracts_app.tabs import opened
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may


@require_GET
@requires(Act.READ)
def contract_list(request: HttpRequest) -> HttpResponse:
    """All contracts, by name, state and team."""
    asked = {key: request.GET.get(key, "").strip() for key in ("q", "state", "team")}
    found = selectors.contracts_for(request.user, text=asked["q"], state=asked["state"], team=asked["team"])
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_row(contract) for contract in page],
        "asked": asked,
        "states": [(state.value, state.value.capitalize()) for state in State],
        "teams": selectors.owning_teams(),
        "may_write": may(request.user, Act.WRITE_CONTRACT),
    }
    return render(request, "contracts_app/list.html", context)


@require_GET
@requires(Act.READ)
def contract_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What is in force, or another version: state, hash, who signed, and what has to happen next."""
    contract = selectors.contract_for(request.user, pk)
    versions = list(contract.versions.select_related("proposed_by", "edited_by").prefetch_related("signatures"))
    version = _chosen(versions, request.GET.get("version", ""))
    context: dict[str, Any] = {"contract": contract, "version": version, "versions": versions}
    context |= _rights(request.user, contract)
    if version is not None:
        version.contract = contract
        context |= _about(request, version)
    return render(request, "contracts_app/page.html", context)


@require_GET
@requires(Act.READ)
def compare_versions(request: HttpRequest, pk: int) -> HttpResponse:
    """What one version changes in another: the findings first, then the text side by side."""
    contract = selectors.contract_for(request.user, pk)
    versions = list(contract.versions.all())
    new = _chosen(versions, request.GET.get("new", ""))
    old = _named(versions, request.GET.get("old", "")) or _before(versions, new)
    context: dict[str, Any] = {"contract": contract, "versions": versions, "old": old, "new": new}
    if old and new and old.loaded.document and new.loaded.document:
        context |= {"verdict": _verdict(old, new), "diff": _diff(old, new)}
    return render(request, "contracts_app/compare.html", context)


def _row(contract: Contract) -> dict[str, Any]:
    """One line of the list: what is in force, else what is on its way."""
    versions = sorted(contract.versions.all(), key=_standing)
    version = versions[0] if versions else None
    word, kind = state_of(version) if version else ("No version", "off")
    signed = sum(link.voided_at is None for link in version.signatures.all()) if version else 0
    return {"contract": contract, "version": version, "word": word, "kind": kind, "signed": signed}


_ORDER = [State.ACTIVE, State.SCHEDULED, State.PROPOSED, State.DRAFT, State.DEPRECATED, State.RETIRED, State.WITHDRAWN]


def _standing(version: Version) -> tuple[int, int]:
    return _ORDER.index(State(version.state)), -version.pk


def _chosen(versions: list[Version], asked: str) -> Version | None:
    """The version asked for, else the one that matters most."""
    return _named(versions, asked) or min(versions, key=_standing, default=None)


def _named(versions: list[Version], asked: str) -> Version | None:
    if not asked:
        return None
    found = next((version for version in versions if str(version.pk) == asked), None)
    if found is None:
        raise Http404("This contract has no such version.")
    return found


def _before(versions: list[Version], new: Version | None) -> Version | None:
    """The version in force, or the newest older one."""
    others = [version for version in versions if version != new and version.state != State.DRAFT]
    return min(others, key=_standing, default=None)


def _rights(user: Any, contract: Contract) -> dict[str, bool]:
    return {"may_edit": may(user, Act.PROPOSE_EDIT, contract)}


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
        "tabs": shown,
        "tab": chosen,
    }
    if asked := request.GET.get("signed", ""):
        about["just_signed"] = selectors.signature_link(version, asked)
    return {**about, **context}


def _verdict(old: Version, new: Version) -> Any:
    return compare_loaded(old.loaded, new.loaded)


def _diff(old: Version, new: Version) -> list[tuple[str, str]]:
    """Lines of a unified diff with their kind."""
    lines = difflib.unified_diff(old.text.splitlines(), new.text.splitlines(), old.number, new.number, n=3, lineterm="")
    return [({"+": "add", "-": "gone", "@": "place"}.get(line[:1], "same"), line) for line in lines]
