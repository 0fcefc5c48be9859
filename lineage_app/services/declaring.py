"""Edges that people declare and withdraw: each an event of the portal's own, kept and projected like any other."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Max

from lineage_app import evidence_kinds
from lineage_app.domain.declared import Feeds, event_of
from lineage_app.domain.events import parse
from lineage_app.domain.names import Name
from lineage_app.models import Declaration
from lineage_app.selectors.declarations import declared_through, may_declare, refusal_of
from lineage_app.selectors.rewrites import rules_in_force
from lineage_app.services.ingest import keep
from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of

if TYPE_CHECKING:
    from portal.core.identity.models import User

_LOCK = 0x6465636C  # "decl": an advisory lock's number


class DeclarationRefused(ValueError):
    """The edge cannot be declared; the text says why and what to do."""


@dataclass(frozen=True)
class Portal:
    """The portal as a sender of events: no token, and it may speak of every namespace."""

    pk: None = None

    def covers(self, namespace: str) -> bool:
        """Whether it may speak about `namespace`: the right was asked of the person."""
        del namespace
        return True


@transaction.atomic
def declare_edge(
    *, user: "User", src: Name, dst: Name, job: Name, reason: str, new_names: bool, key: uuid.UUID
) -> Declaration:
    """Declare that `src` feeds `dst` through `job` and return the declaration; `key` makes a second call harmless.

    Raises DeclarationRefused where a name is empty, both are one, a dataset is unknown and not said to be new, or the
    edge is declared already; PermissionDenied for anybody but a writer in the team of the target's asset or an
    administrator.
    """
    _take_lock()
    if (again := Declaration.objects.filter(key=key).first()) is not None:
        return again
    rules = rules_in_force()
    src, dst = (Name(rules.dataset(name.namespace), name.name) for name in (src, dst))
    job = Name(rules.job(job.namespace), job.name)
    if not may_declare(user, dst):
        raise PermissionDenied("Declaring needs a writer of contracts in the team of the target's asset.")
    if refused := refusal_of(src, dst, job, new_names=new_names):
        raise DeclarationRefused(refused)
    row = Declaration.objects.create(
        src_namespace=src.namespace, src_name=src.name, dst_namespace=dst.namespace, dst_name=dst.name,
        job_namespace=job.namespace, job_name=job.name, reason=reason.strip()[:500],
        key=key, said_at=now(), said_by=user,
    )  # fmt: skip
    _send(row)
    record(evidence_kinds.DECLARED, actor=actor_of(user), payload=_payload(row))
    return row


@transaction.atomic
def withdraw_edge(*, user: "User", row: Declaration) -> Declaration:
    """Withdraw a declaration; what runs have confirmed stays. Doing it twice changes nothing."""
    _take_lock()
    row = Declaration.objects.select_for_update().get(pk=row.pk)
    if not may_declare(user, row.dst):
        raise PermissionDenied("Withdrawing needs a writer of contracts in the team of the target's asset.")
    if row.withdrawn_at is not None:
        return row
    row.withdrawn_at, row.withdrawn_by = now(), user
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _send(row)
    record(evidence_kinds.WITHDRAWN, actor=actor_of(user), payload=_payload(row))
    return row


def _send(row: Declaration) -> None:
    """Keep the event that states every edge now declared through the row's job, later than any such event before."""
    rows = list(declared_through(row.job))
    of_job = Declaration.objects.filter(job_namespace=row.job_namespace, job_name=row.job_name)
    before = of_job.aggregate(at=Max("told_at"))["at"]
    at = max(now(), before + timedelta(milliseconds=1)) if before else now()
    Declaration.objects.filter(pk=row.pk).update(told_at=at)
    body = event_of(row.job, [Feeds(each.src, each.dst) for each in rows], at)
    keep(parse(body), body, token=Portal(), at=now())


def _take_lock() -> None:
    """One declaration at a time: each states what the others left."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _payload(row: Declaration) -> dict[str, str | int]:
    return {"declaration": row.pk, "source": str(row.src), "target": str(row.dst), "job": str(row.job)}
