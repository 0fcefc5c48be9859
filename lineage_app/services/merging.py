"""Two names, one dataset, because a person says so; and the undoing of it.

A merge is kept by names. Its link in the graph is derived from it under the rewrite rules in force, so that links are
a pure function of events, rules and merges.
"""

import uuid
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from lineage_app import evidence_kinds
from lineage_app.domain.names import Name
from lineage_app.models import Dataset, DatasetLink, Merge
from lineage_app.selectors.merges import may_merge, merges_in_force
from lineage_app.selectors.rewrites import rules_in_force
from lineage_app.services import aliasing
from lineage_app.services.naming import save_datasets
from lineage_app.services.projector import take_projector_lock
from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of

if TYPE_CHECKING:
    from portal.core.identity.models import User

MANUAL = DatasetLink.Source.MANUAL


class MergeRefused(ValueError):
    """The two cannot be merged; the text says why and what to do."""


@transaction.atomic
def merge(*, user: "User", one: Dataset, other: Dataset, reason: str, key: uuid.UUID) -> Merge:
    """Say that `one` and `other` are one dataset and return the merge; `key` makes a second call harmless.

    Raises MergeRefused where they are one already or no reason is given, PermissionDenied for anybody but an
    administrator or an owner in the teams of the assets concerned.
    """
    take_projector_lock(wait=True)
    if (again := Merge.objects.filter(key=key).first()) is not None:
        return again
    one, other = (Dataset.objects.select_related("asset", "root__asset").get(pk=row.pk) for row in (one, other))
    if not may_merge(user, one, other):
        raise PermissionDenied("Merging needs the role owner in the team of each claimed dataset, or administrator.")
    if one.root_pk == other.root_pk:
        raise MergeRefused(f"{one.name} and {other.name} are one dataset already.")
    if not reason.strip():
        raise MergeRefused("Say why they are one; whoever wonders about the name will read it.")
    row = Merge.objects.create(
        namespace=one.namespace,
        name=one.name,
        other_namespace=other.namespace,
        other_name=other.name,
        reason=reason.strip()[:500],
        key=key,
        said_at=now(),
        said_by=user,
    )
    restate()
    payload: dict[str, str | int] = {
        "merge": row.pk,
        "one": str(row.left),
        "other": str(row.right),
        "reason_digest": digest(reason.encode()),
    }
    record(evidence_kinds.MERGED, actor=actor_of(user), payload=payload)
    return row


@transaction.atomic
def part(*, user: "User", row: Merge) -> Merge:
    """Take a merge back: the two names part again unless something else joins them; twice changes nothing."""
    take_projector_lock(wait=True)
    row = Merge.objects.select_for_update().get(pk=row.pk)
    one, other = (
        Dataset.objects.select_related("asset").filter(key=name.key).first() for name in (row.left, row.right)
    )
    if not may_merge(user, one, other):
        raise PermissionDenied("Parting needs the role owner in the team of each claimed dataset, or administrator.")
    if row.undone_at is not None:
        return row
    row.undone_at, row.undone_by = now(), user
    row.save(update_fields=["undone_at", "undone_by"])
    restate()
    payload: dict[str, str | int] = {"merge": row.pk, "one": str(row.left), "other": str(row.right)}
    record(evidence_kinds.PARTED, actor=actor_of(user), payload=payload)
    return row


def restate() -> None:
    """Bring the links of merges in line with the merges and the rules in force.

    Call inside a transaction that holds the projector's lock.
    """
    rules = rules_in_force()
    wanted = [
        tuple(sorted(Name(rules.dataset(name.namespace), name.name) for name in (row.left, row.right)))
        for row in merges_in_force()
    ]
    rows = save_datasets({name for pair in wanted for name in pair})
    links: dict[int, set[Name]] = {pk: set() for pk in _starts()}
    for first, second in wanted:
        if first != second:
            links[rows[first].pk] = links.get(rows[first].pk, set()) | {second}
    if links:
        aliasing.join(links, source=MANUAL)


def _starts() -> list[int]:
    return list(DatasetLink.objects.filter(source=MANUAL).values_list("dataset", flat=True))
