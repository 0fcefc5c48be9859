"""Proposing the exact bytes of a file on behalf of a pipeline: `custody push`."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from contracts_app import selectors
from contracts_app.domain.document import Loaded, load
from contracts_app.domain.lifecycle import State
from contracts_app.models import Contract, Version
from contracts_app.services.drafts import import_yaml
from contracts_app.services.errors import Refused
from contracts_app.services.proposals import propose
from portal.core.catalog.selectors import asset_named, resolve_asset, resolve_team
from portal.core.identity.services import machine_user

if TYPE_CHECKING:
    from portal.core.identity.models import ServiceToken

STANDING = (State.PROPOSED, State.SCHEDULED, State.ACTIVE)


@transaction.atomic
def push(*, token: ServiceToken, content: bytes, key: uuid.UUID) -> tuple[Version, bool]:
    """Propose these bytes for the contract that their `name` says; the version, and whether it is new.

    A version of the same hash that stands already is given back. Raises Refused with every reason, and then nothing
    was kept; PermissionDenied where the token does not cover the namespace of the asset.
    """
    loaded = load(content)
    if not loaded.ok or loaded.document is None:
        errors = [found for found in loaded.findings if found.is_error]
        raise Refused(*(f"Line {found.line}: {found.message}" for found in errors[:20]))
    contract = selectors.contract_named(loaded.document.name)
    _check_namespace(token, contract, loaded)
    known = selectors.version_with_digest(contract, loaded.digest or "") if contract else None
    if known is not None and known.state in STANDING:
        return known, False
    team = contract.owner_team if contract and contract.owner_team else resolve_team(loaded.document.owner or "")
    if team is None:
        raise Refused(
            f"`owner` {loaded.document.owner!r} names no team that the portal knows; it must own the contract."
        )
    user = machine_user(token, team_id=team.pk)
    version = import_yaml(user=user, content=content)
    return propose(user=user, version=version, token=version.token, key=_fresh(key)), True


def _check_namespace(token: ServiceToken, contract: Contract | None, loaded: Loaded) -> None:
    namespace = _namespace(contract, loaded)
    if not token.covers(namespace):
        raise PermissionDenied(f"This token was not issued for the namespace {namespace}, where the asset lies.")


def _namespace(contract: Contract | None, loaded: Loaded) -> str:
    """Where the asset under contract lies: as the catalog has it, else as the document says."""
    assert loaded.document is not None
    ref = loaded.document.asset
    known: Any = contract.asset if contract else None
    known = known or asset_named(ref.namespace, ref.name) or resolve_asset(ref.name)
    return str(known.namespace if known else ref.namespace)


def _fresh(key: uuid.UUID) -> uuid.UUID:
    """The key, unless a proposal that has ended used it: the same bytes may be proposed again."""
    return uuid.uuid4() if Version.objects.filter(proposal_key=key).exists() else key
