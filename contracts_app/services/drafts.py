"""Writing drafts: from a file, from the active version, and by edits of which only one of two may win."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from contracts_app import selectors
from contracts_app.domain.document import Loaded, load
from contracts_app.domain.lifecycle import State
from contracts_app.models import Contract, Version
from contracts_app.services.errors import DraftConflict, Refused
from portal.core.catalog.selectors import resolve_team
from portal.core.clock.services import now
from portal.core.identity.policies import Act, require

if TYPE_CHECKING:
    from portal.core.identity.models import User


@transaction.atomic
def import_yaml(*, user: User, content: bytes) -> Version:
    """A draft with exactly these bytes, under the contract that its `name` says.

    Raises Refused where the document cannot be read or has no fitting name, or where a draft is being written already;
    PermissionDenied where the contract belongs to another team.
    """
    loaded = load(content)
    if loaded.document is None or not loaded.document.name:
        raise Refused(*(f"Line {found.line}: {found.message}" for found in loaded.findings[:5]))
    if misnamed := [found for found in loaded.findings if found.code == "format.name"]:
        raise Refused(*(f"Line {found.line}: {found.message}" for found in misnamed))  # it stands in file names too
    contract = _contract(user, loaded)
    draft = contract.versions.filter(state=State.DRAFT).first()
    if draft is None:
        return _new_draft(user, contract, content, loaded)
    if bytes(draft.authored) == content:
        return draft
    raise Refused(f"{contract.name} has a draft already, last edited by {draft.edited_by}. Open it and edit it there.")


@transaction.atomic
def open_draft(*, user: User, contract: Contract) -> Version:
    """The contract's draft; made from the open proposal or the active version where there is none."""
    require(user, Act.PROPOSE_EDIT, contract)
    Contract.objects.select_for_update().get(pk=contract.pk)
    draft = selectors.draft_of(contract)
    if draft is not None:
        return draft
    latest = selectors.latest_version(contract)
    content = bytes(latest.authored) if latest else b""
    return _new_draft(user, contract, content, load(content))


@transaction.atomic
def save_draft(*, user: User, version: Version, content: bytes, token: int) -> Version:
    """Save an edit of a draft that the author saw under `token`; a broken text is saved too, its findings stay.

    Raises DraftConflict where somebody saved in between, Refused where it is no draft any more or the contract's name
    was changed (the name is the contract: another name is another contract).
    """
    require(user, Act.PROPOSE_EDIT, version.contract)
    version = Version.objects.select_for_update().select_related("contract", "edited_by").get(pk=version.pk)
    if version.state != State.DRAFT:
        raise Refused(f"{version} is {version.state} and cannot be edited. Start a new draft from the contract's page.")
    if version.token != token:
        raise DraftConflict(who=version.edited_by.name, theirs=version.text, token=version.token)
    loaded = load(content)
    if loaded.document and loaded.document.name not in ("", version.contract.name):
        raise Refused(f"`name` must stay {version.contract.name}; import the file to start another contract.")
    _fill(version, content, loaded)
    version.edited_by, version.edited_at, version.token = user, now(), version.token + 1
    version.save()
    _follow_names(version.contract, loaded)
    return version


def _contract(user: User, loaded: Loaded) -> Contract:
    """The contract of that name, or a new one in the owner's team."""
    assert loaded.document is not None
    contract = Contract.objects.select_for_update().filter(name=loaded.document.name).first()
    if contract is not None:
        require(user, Act.PROPOSE_EDIT, contract)
        return contract
    team = resolve_team(loaded.document.owner or "") or selectors.team_of(user)
    contract = Contract(name=loaded.document.name, owner_team=team, created_at=now())
    require(user, Act.WRITE_CONTRACT, contract)
    contract.save()
    return contract


def _new_draft(user: User, contract: Contract, content: bytes, loaded: Loaded) -> Version:
    at = now()
    version = Version(contract=contract, created_by=user, created_at=at, edited_by=user, edited_at=at)
    _fill(version, content, loaded)
    version.save()
    _follow_names(contract, loaded)
    return version


def _fill(version: Version, content: bytes, loaded: Loaded) -> None:
    version.authored = content
    version.__dict__.pop("loaded", None)
    version.digest = loaded.digest or ""
    version.data = loaded.source.data if loaded.digest else None
    version.number = loaded.document.version if loaded.document else ""


def _follow_names(contract: Contract, loaded: Loaded) -> None:
    """Before the first activation the draft says whose contract it is; afterwards the signed version does."""
    if loaded.document is None or contract.asset_id is not None:
        return
    contract.consumer_teams.set(selectors.consumer_teams(loaded.document))
