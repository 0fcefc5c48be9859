"""Files that a worker makes: asked for once a state of the version, leased, stored write-once, tried three times."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q

from contracts_app import selectors
from contracts_app.domain.formats.notes import FormatError
from contracts_app.formats.registry import export_named
from contracts_app.models import StoredExport, Version
from portal.core.clock.services import now
from portal.core.evidence.services import store_artifact
from portal.core.identity.policies import Act, require

if TYPE_CHECKING:
    from portal.core.identity.models import User

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 3
RETAIN_DAYS = 3650
_log = logging.getLogger(__name__)


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


def exports_without_worker(limit: int = 20) -> list[int]:
    """Files that wait or whose worker is gone, the oldest first."""
    waiting = StoredExport.objects.filter(_free(), state=StoredExport.State.QUEUED)
    return list(waiting.order_by("asked_at", "pk").values_list("pk", flat=True)[:limit])


def make_export(pk: int) -> StoredExport | None:
    """Make and store one file; None where another worker holds it or it is made. Call in a worker only."""
    leased = StoredExport.objects.filter(_free(), pk=pk, state=StoredExport.State.QUEUED).update(
        leased_until=now() + LEASE, attempts=F("attempts") + 1
    )
    if not leased:
        return None
    row = StoredExport.objects.select_related("version__contract__asset").get(pk=pk)
    if row.attempts > MAX_ATTEMPTS:
        return _ended(row, problem="It could not be made in three attempts; ask an administrator to look at the log.")
    if row.basis != selectors.basis_of(selectors.facts_of(row.version)):
        return _ended(row, problem="The version has changed since this was asked for; make the file anew.")
    try:
        data = export_named(row.format).make(row.version, {})
    except FormatError as refused:
        return _ended(row, problem=str(refused)[:400])
    return _ended(row, data=data)


@transaction.atomic
def _ended(row: StoredExport, *, data: bytes = b"", problem: str = "") -> StoredExport:
    row.leased_until = None
    row.state, row.problem = StoredExport.State.FAILED, problem
    if data:
        chosen = export_named(row.format)
        name = f"{row.version.contract.name}-{row.version.number}{chosen.suffix}"
        stored = store_artifact(data, media_type=chosen.media_type, name=name, retain_days=RETAIN_DAYS)
        row.state, row.artifact, row.size, row.made_at = StoredExport.State.READY, stored.digest, len(data), now()
    else:
        _log.warning("contract export %s was not made: %s", row.pk, problem)
    row.save()
    return row


def _free() -> Q:
    return Q(leased_until=None) | Q(leased_until__lte=now())
