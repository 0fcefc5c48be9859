"""What people decide about the scope of a request: links, sources, and looking at an identifier in clear."""

from typing import Any

from django.db import transaction

from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from privacy_app import evidence_kinds as kinds
from privacy_app import sealing
from privacy_app.domain.request import State
from privacy_app.models import AskedSource, Request, ResolvedIdentifier, WaitingEdge
from privacy_app.selectors import plain_value
from privacy_app.services.lifecycle import RequestRefused, locked, reason_digest, wanted
from privacy_app.services.waking import wake_resolution


@transaction.atomic
def decide_edge(*, user: Any, edge_id: int, decision: str, reason: str) -> WaitingEdge:
    """Follow a link that waits, or leave it out; the reason is kept. Refused once the set is frozen."""
    require(user, Act.PLAN_DELETION)
    request = _still_open(WaitingEdge.objects.values_list("request", flat=True).get(pk=edge_id))
    edge = request.waiting_edges.get(pk=edge_id)
    _decide(user, edge, decision, wanted(reason, "Deciding about a link"))
    wake_resolution()
    return edge


@transaction.atomic
def decide_alike(*, user: Any, request_id: int, source: str, kind: str, decision: str, reason: str) -> int:
    """Decide every open link of one source to one kind in the same way; returns how many. Each is evidence."""
    require(user, Act.PLAN_DELETION)
    request, said = _still_open(request_id), wanted(reason, "Deciding about links")
    rows = request.waiting_edges.filter(source=source, kind=kind, decision=WaitingEdge.Decision.OPEN)
    found = list(rows)
    for edge in found:
        _decide(user, edge, decision, said)
    wake_resolution()
    return len(found)


def _still_open(request_id: int) -> Request:
    """The request's row, locked: whoever freezes waits for this decision, or was first and it is refused."""
    request = locked(request_id)
    if State(request.state) is not State.RESOLVING:
        raise RequestRefused("The identifiers of this request are frozen already. Look at the set on its page.")
    return request


def _decide(user: Any, edge: WaitingEdge, decision: str, reason: str) -> None:
    edge.reason, edge.decided_by = reason, user
    edge.decision = WaitingEdge.Decision(decision)
    edge.save()
    payload: dict[str, str | int] = {
        "request": edge.request.req_id,
        "token": edge.token,
        "decision": edge.get_decision_display(),
        "reason_digest": reason_digest(reason),
    }
    record(kinds.EDGE_DECIDED, actor=actor_of(user), payload=payload)


@transaction.atomic
def leave_out_source(*, user: Any, source_id: int, reason: str) -> AskedSource:
    """Resolve without a source that cannot be asked or believed. Its datasets stay in the plan as any other."""
    require(user, Act.PLAN_DELETION)
    request = _still_open(AskedSource.objects.values_list("request", flat=True).get(pk=source_id))
    source = request.sources.get(pk=source_id)
    source.left_out, source.decided_by = True, user
    source.reason = wanted(reason, "Leaving a source out")
    source.save()
    request.waiting_edges.filter(source__startswith=f"{source.name}/", decision=WaitingEdge.Decision.OPEN).delete()
    payload: dict[str, str | int] = {
        "request": request.req_id,
        "source": source.name,
        "reason_digest": reason_digest(source.reason),
    }
    record(kinds.SOURCE_LEFT_OUT, actor=actor_of(user), payload=payload)
    wake_resolution()
    return source


@transaction.atomic
def unmask(*, user: Any, resolved_id: int, reason: str) -> str:
    """Show one identifier in clear to a privacy officer; the looking is evidence, with its reason."""
    require(user, Act.UNMASK)
    row = ResolvedIdentifier.objects.select_related("request").get(pk=resolved_id)
    _record_unmasking(user, row, wanted(reason, "Looking at an identifier"))
    return plain_value(row) if row.sealed is not None else ""


@transaction.atomic
def unmask_edge(*, user: Any, edge_id: int, reason: str) -> str:
    """Show where a waiting link leads, in clear; the looking is evidence, with its reason."""
    require(user, Act.UNMASK)
    row = WaitingEdge.objects.select_related("request").get(pk=edge_id)
    _record_unmasking(user, row, wanted(reason, "Looking at an identifier"))
    if row.sealed is None:
        return ""
    _, (_, value) = sealing.unseal(row.request.key_name, row.sealed)
    return str(value)


def _record_unmasking(user: Any, row: ResolvedIdentifier | WaitingEdge, reason: str) -> None:
    payload: dict[str, str | int] = {
        "request": row.request.req_id,
        "token": row.token,
        "kind": row.kind,
        "reason_digest": reason_digest(reason),
    }
    record(kinds.UNMASKED, actor=actor_of(user), payload=payload)
