"""Files that a worker makes: asked for once a state of the version, leased, stored write-once, tried three times."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from contracts_app import selectors
from contracts_app.domain.formats.notes import FormatError
from contracts_app.formats.registry import export_named
from contracts_app.models import StoredExport, Version
from portal.core.clock.services import now
from portal.core.evidence.services import store_artifact
from portal.core.identity.policies import Act, require
from portal.core.making import leases

if TYPE_CHECKING:
    from portal.core.identity.models import User

LEASE = timedelta(minutes=2)
RETAIN_DAYS = 3650


@transaction.atomic
def ask_for_export(*, version: Version, format_key: str, user: User | None = None) -> StoredExport:
    """The file of the version as it stands, queued where nobody asked for it yet; a failed one is tried again.

    `user` is None where a machine with a token asks. Raises FormatError for a format that is not stored.
    """
    if user is not None:
        require(user, Act.READ)
    if not export_named(format_key).stored:
        raise FormatError(f"{export_named(format_key).label} is made at once; download it.")
    basis = selectors.basis_of(selectors.facts_of(version))
    found, _ = StoredExport.objects.get_or_create(
        version=version, format=format_key, basis=basis, defaults={"asked_by": user, "asked_at": now()}
    )
    if found.state == StoredExport.State.FAILED:
        found.state, found.problem, found.attempts, found.leased_until = StoredExport.State.QUEUED, "", 0, None
        found.save()
    return found


def make_export(pk: int) -> StoredExport | None:
    """Make and store one file; None where another worker holds it or it is made. Call in a worker only."""
    row = leases.take(StoredExport, pk, LEASE)
    if row is None or row.state == row.State.FAILED:
        return row
    if row.basis != selectors.basis_of(selectors.facts_of(row.version)):
        return _failed(row, "The version has changed since this was asked for; make the file anew.")
    try:
        data = export_named(row.format).make(row.version, {})
    except FormatError as refused:
        return _failed(row, str(refused))
    return _keep(row, data)


@transaction.atomic
def _keep(row: StoredExport, data: bytes) -> StoredExport | None:
    """Store the file, in one transaction with the row's state, while this worker still has it."""
    if not leases.held(row).select_for_update().exists():
        return None
    chosen = export_named(row.format)
    name = f"{row.version.contract.name}-{row.version.number}{chosen.suffix}"
    stored = store_artifact(data, media_type=chosen.media_type, name=name, retain_days=RETAIN_DAYS)
    row.artifact, row.size, row.made_at = stored.digest, len(data), now()
    row.state, row.leased_until = row.State.READY, None
    row.save()
    return row


def _failed(row: StoredExport, why: str) -> StoredExport:
    leases.fail(row, why)
    return row
