"""Finding out which identifiers are the subject's, by asking the sources that hold identity maps."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction

from portal.core.catalog import selectors as catalog
from portal.core.clock.services import now
from portal.core.connectors import base as connectors
from portal.core.connectors import registry
from portal.core.evidence.actors import Actor
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of, system_actor
from portal.core.identity.policies import Act, require
from privacy_app import evidence_kinds as kinds
from privacy_app import sealing
from privacy_app.domain.pseudonym import normalise
from privacy_app.domain.request import ENDED, Action, State
from privacy_app.domain.resolution import Edge, Identifier, Resolution, frozen_form, resolve
from privacy_app.models import Identifier as Given
from privacy_app.models import Request, ResolvedIdentifier, WaitingEdge
from privacy_app.services import appeal
from privacy_app.services.lifecycle import advance, locked, reason_digest, wanted
from privacy_app.services.waking import wake_resolution

Ask = Callable[[Identifier], list[Edge]]


def resolve_request(request_id: int) -> Request:
    """Ask the sources and, where nothing waits for a person, freeze the set.

    A source that cannot be asked leaves its sentence on the request, which is tried again at the next tick.
    """
    request = Request.objects.get(pk=request_id)
    if State(request.state) is not State.RESOLVING:
        return request
    given = list(request.identifiers.all())
    try:
        found = resolve(
            _of(request, given, Given.Standing.PROVED),
            asker(),
            claimed=_of(request, given, None),
            confirmed=_confirmed(request),
        )
    except connectors.ConnectorError as error:
        Request.objects.filter(pk=request_id).update(trouble=f"The identity source could not be asked: {error}")
        return request
    return _keep(request_id, found)


def _of(request: Request, given: Iterable[Given], standing: str | None) -> list[Identifier]:
    """The identifiers of one standing, or (None) all that nobody proved."""
    rows = [row for row in given if (row.standing == standing if standing else row.standing != Given.Standing.PROVED)]
    return [Identifier(row.kind, sealing.unseal(request.key_name, row.sealed)) for row in rows if row.sealed]


def asker() -> Ask:
    """A function that asks every system with an identity map for the edges of one identifier."""
    sources = [system for system in catalog.systems() if system.settings.get("identity_maps")]
    configs = [(registry.capable(each.kind, connectors.Resolvable), catalog.system_config(each)) for each in sources]  # type: ignore[type-abstract]

    def ask(identifier: Identifier) -> list[Edge]:
        asked = connectors.Identifier(identifier.kind, identifier.value)
        return [_edge(each) for connector, config in configs for each in connector.edges(config, asked)]

    return ask


def _edge(edge: connectors.Edge) -> Edge:
    return Edge(
        start=Identifier(edge.origin.kind, normalise(edge.origin.kind, edge.origin.value)),
        end=Identifier(edge.to.kind, normalise(edge.to.kind, edge.to.value)),
        source=edge.source,
        confidence=edge.confidence,
        asserted=edge.asserted,
        single_person=edge.single_person,
    )


def _confirmed(request: Request) -> frozenset[tuple[Identifier, Identifier]]:
    rows = request.waiting_edges.filter(decision=WaitingEdge.Decision.CONFIRMED).exclude(sealed=None)
    pairs = [sealing.unseal(request.key_name, row.sealed) for row in rows if row.sealed]
    return frozenset((Identifier(*start), Identifier(*end)) for start, end in pairs)


@transaction.atomic
def _keep(request_id: int, found: Resolution) -> Request:
    request = locked(request_id)
    if State(request.state) is not State.RESOLVING:
        return request
    _keep_waiting(request, found)
    if request.waiting_edges.filter(decision=WaitingEdge.Decision.OPEN).exists():
        request.trouble = ""
        request.save()
        return request
    return _freeze(request, found)


def _keep_waiting(request: Request, found: Resolution) -> None:
    for edge in found.waiting:
        request.waiting_edges.get_or_create(
            token=sealing.proof_token(
                request.key_name, f"{edge.start.kind}>{edge.end.kind}", f"{edge.start.value}>{edge.end.value}"
            ),
            defaults={
                "kind": edge.end.kind,
                "sealed": sealing.seal(request.key_name, [edge.start, edge.end]),
                "source": edge.source,
                "confidence": edge.confidence,
            },
        )


def _freeze(request: Request, found: Resolution) -> Request:
    older = _older_request(request, found)
    if older is not None:
        return _attach(request, older)
    rows = frozen_form(found, lambda kind, value: sealing.proof_token(request.key_name, kind, value))
    for member in found.members.values():
        request.resolved.create(
            kind=member.identifier.kind,
            sealed=sealing.seal(request.key_name, member.identifier.value),
            token=sealing.proof_token(request.key_name, *member.identifier),
            source=member.source,
            confidence=member.confidence,
        )
    refused = {sealing.lookup_token(*each) for each in found.refused}
    request.identifiers.filter(lookup__in=refused).update(standing=Given.Standing.REFUSED)
    advance(request, Action.FREEZE_SCOPE)
    request.resolved_digest, request.trouble = digest(canonical_bytes(rows)), ""
    request.save()
    payload: dict[str, str | int] = {
        "request": request.req_id,
        "resolved_set": request.resolved_digest,
        "identifiers": len(rows),
        "refused": len(found.refused),
    }
    record(kinds.SCOPE_FROZEN, actor=system_actor("privacy.resolution"), payload=payload)
    return request


def _older_request(request: Request, found: Resolution) -> Request | None:
    """An open request whose subject proved the same identifier. Unproved claims never attach anything: else a stranger
    could block somebody's request by making one first."""
    proved = [
        sealing.lookup_token(*each)
        for each, member in found.members.items()
        if member.source == "proved by the subject"
    ]
    same = Given.objects.filter(lookup__in=proved, standing=Given.Standing.PROVED, request__pk__lt=request.pk)
    open_ones = same.exclude(request__state__in=ENDED).exclude(request__verified_at=None)
    first = open_ones.order_by("request_id").first()
    return first.request if first else None


def _attach(request: Request, older: Request) -> Request:
    advance(request, Action.ATTACH_DUPLICATE)
    request.duplicate_of, request.trouble = older, ""
    request.appeal_until = (now() + appeal.WINDOW).date()
    request.save()
    payload: dict[str, str | int] = {
        "request": request.req_id,
        "state": f"duplicate of {older.req_id}",
        "reason_digest": reason_digest("same proved identifier"),
    }
    record(kinds.CLOSED, actor=system_actor("privacy.resolution"), payload=payload)
    return request


@transaction.atomic
def decide_edge(*, user: Any, edge_id: int, decision: str, reason: str) -> WaitingEdge:
    """Follow a link that waits, or leave it out; the reason is kept."""
    require(user, Act.PLAN_DELETION)
    edge = WaitingEdge.objects.select_for_update().get(pk=edge_id)
    edge.reason, edge.decided_by = wanted(reason, "Deciding about a link"), user
    edge.decision = WaitingEdge.Decision(decision)
    edge.save()
    payload: dict[str, str | int] = {
        "request": edge.request.req_id,
        "token": edge.token,
        "decision": edge.get_decision_display(),
        "reason_digest": reason_digest(reason),
    }
    record(kinds.EDGE_DECIDED, actor=actor_of(user), payload=payload)
    wake_resolution()
    return edge


@transaction.atomic
def unmask(*, user: Any, resolved_id: int, reason: str) -> str:
    """Show one identifier in clear to a privacy officer; the looking is evidence, with its reason."""
    require(user, Act.UNMASK)
    row = ResolvedIdentifier.objects.select_related("request").get(pk=resolved_id)
    said = wanted(reason, "Looking at an identifier")
    _record_unmasking(actor_of(user), row, said)
    if row.sealed is None:
        return ""
    return str(sealing.unseal(row.request.key_name, row.sealed))


def _record_unmasking(actor: Actor, row: ResolvedIdentifier, reason: str) -> None:
    payload: dict[str, str | int] = {
        "request": row.request.req_id,
        "token": row.token,
        "kind": row.kind,
        "reason_digest": reason_digest(reason),
    }
    record(kinds.UNMASKED, actor=actor, payload=payload)
