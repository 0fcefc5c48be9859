"""Finding out which identifiers are the subject's, by asking the sources that hold identity maps."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.services import record
from portal.core.identity.actors import system_actor
from privacy_app import evidence_kinds as kinds
from privacy_app import matching, sealing
from privacy_app.domain.request import Action, State
from privacy_app.domain.resolution import (
    Edge,
    Found,
    Identifier,
    Resolution,
    TooMany,
    Waiting,
    frozen_form,
    resolve,
)
from privacy_app.models import Identifier as Given
from privacy_app.models import Request, WaitingEdge
from privacy_app.services import duplicates
from privacy_app.services.asking import Asking
from privacy_app.services.lifecycle import advance, locked
from privacy_app.services.waking import wake_resolution

Decided = frozenset[tuple[str, str]]


def resolve_request(request_id: int) -> Request:
    """Ask the sources and, where nothing waits for a person, freeze the set.

    A source that cannot be asked, or that cannot be believed, leaves its sentence on the request; it is asked again at
    the next tick, until a person mends it or leaves it out.
    """
    request = Request.objects.get(pk=request_id)
    if State(request.state) is not State.RESOLVING:
        return request
    given, decided = list(request.identifiers.all()), _decided(request)
    asking = Asking.of(frozenset(request.sources.filter(left_out=True).values_list("name", flat=True)))
    try:
        found = resolve(
            _of(request, given, Given.Standing.PROVED),
            asking,
            claimed=_of(request, given, None),
            confirmed=_confirmed(request),
        )
    except TooMany as error:
        asking.blame(error.source, str(error))
        found = Resolution()
    return _keep(request_id, found, asking, decided)


def _of(request: Request, given: Iterable[Given], standing: str | None) -> list[Identifier]:
    """The identifiers of one standing, or (None) all that nobody proved. What cannot be proved by its kind never is."""
    rows = [row for row in given if (_is_proved(row) if standing else not _is_proved(row))]
    return [Identifier(row.kind, sealing.unseal(request.key_name, row.sealed)) for row in rows if row.sealed]


def _is_proved(row: Given) -> bool:
    rule = matching.rule_of(row.kind)
    by_code = row.standing == Given.Standing.PROVED and rule.may_be_proved
    return by_code or (row.standing == Given.Standing.ACCEPTED and rule.identifies)


def _confirmed(request: Request) -> frozenset[tuple[Identifier, Identifier]]:
    rows = request.waiting_edges.filter(decision=WaitingEdge.Decision.CONFIRMED).exclude(sealed=None)
    pairs = [sealing.unseal(request.key_name, row.sealed) for row in rows if row.sealed]
    return frozenset((Identifier(*start), Identifier(*end)) for start, end in pairs)


def _decided(request: Request) -> Decided:
    """What people have decided so far: links, and sources left out."""
    links = request.waiting_edges.exclude(decision=WaitingEdge.Decision.OPEN).values_list("token", "decision")
    sources = request.sources.filter(left_out=True).values_list("name", "reason")
    return frozenset([*links, *sources])


@transaction.atomic
def _keep(request_id: int, found: Resolution, asking: Asking, decided: Decided) -> Request:
    """Keep what was found; freeze it unless something waits, or somebody decided while the sources were asked."""
    request = locked(request_id)
    if State(request.state) is not State.RESOLVING:
        return request
    troubles = asking.troubles()
    _keep_sources(request, asking)
    _keep_waiting(request, found, whole=not troubles)
    if _decided(request) != decided:
        wake_resolution()  # the search did not know that decision: look again before anything is frozen
    elif not troubles and not request.waiting_edges.filter(decision=WaitingEdge.Decision.OPEN).exists():
        return _freeze(request, found)
    request.trouble = " ".join(troubles)
    request.save()
    return request


def _keep_sources(request: Request, asking: Asking) -> None:
    for each in asking.sources:
        request.sources.update_or_create(
            name=each.name, defaults={"asked_at": now(), "links": each.links, "error": each.error}
        )


def _keep_waiting(request: Request, found: Resolution, *, whole: bool) -> None:
    """Each link once. When every source has answered, an open one that none of them says any more waits no longer."""
    kept = set()
    for each in found.waiting:
        row, _ = request.waiting_edges.update_or_create(
            token=_token_of(request, each.edge),
            defaults={"why": each.why, "persons": each.persons, "claimed": each.claimed},
            create_defaults=_row_of(request, each),
        )
        kept.add(row.pk)
    if whole:
        request.waiting_edges.filter(decision=WaitingEdge.Decision.OPEN).exclude(pk__in=kept).delete()


def _token_of(request: Request, edge: Edge) -> str:
    kinds_of = f"{edge.start.kind}>{edge.end.kind}"
    return sealing.proof_token(request.key_name, kinds_of, f"{edge.start.value}>{edge.end.value}")


def _row_of(request: Request, each: Waiting) -> dict[str, Any]:
    return {
        "kind": each.edge.end.kind,
        "sealed": sealing.seal(request.key_name, [each.edge.start, each.edge.end]),
        "source": each.edge.source,
        "confidence": each.edge.confidence,
        "why": each.why,
        "persons": each.persons,
        "claimed": each.claimed,
    }


def _freeze(request: Request, found: Resolution) -> Request:
    older = duplicates.older_of(request, found)
    if older is not None:
        return duplicates.attach(request, older)
    rows = frozen_form(found, lambda kind, value: sealing.proof_token(request.key_name, kind, value))
    for member in found.members.values():
        request.resolved.create(
            kind=member.identifier.kind,
            sealed=sealing.seal(request.key_name, _spelled(member)),
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


def _spelled(member: Found) -> str | list[str]:
    """What is sealed: the normal form, and beside it the source's own spelling where that differs."""
    value = member.identifier.value
    return [value, member.written] if member.written else value
