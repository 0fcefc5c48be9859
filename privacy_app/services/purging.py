"""Destroying a request's own personal data: one action after the other, each in one transaction and safe to repeat.

What is emptied is found by walking the models, not by a list: a table that is added tomorrow and leads to a request is
emptied without anybody thinking of it. Only what KEPT names stays, and it says why.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models, transaction

from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import system_actor
from portal.core.notify.services import forget
from privacy_app import evidence_kinds as kinds
from privacy_app import keystore
from privacy_app.models import Purge, Request, VerificationCode

ACTOR = "privacy.appeal"
PERSONAL = (models.BinaryField, models.TextField, models.URLField)
CLEARED = {"Identifier.lookup", "Letter.lookup", "Request.idempotency_key", "Request.fingerprint"}
"""Short columns that are emptied as well: a look-up token under a key that we keep, and words that a client chose."""
KEPT = {
    "Step.verdict_text": "a sentence of the portal's own about a system, repeated in the proof",
    "KeptStep.sentence": "a sentence of the portal's own: the basis in law and its end, repeated in the proof",
    "Hold.reason": "why something is kept outlives the request that it names; the form asks to name no person",
    "Hold.release_reason": "as the reason",
}
Place = tuple[type[models.Model], str]


def places() -> list[Place]:
    """Every model of the app that belongs to a request, with the look-up that leads to it; the request first."""
    found: list[Place] = [(Request, "pk")]
    waiting: list[Place] = [(Request, "")]
    known: set[type[models.Model]] = {Request, Purge}
    while waiting:
        parent, path = waiting.pop(0)
        for model in apps.get_app_config("privacy_app").get_models():
            link = next((each for each in _links(model) if each.related_model is parent), None)
            if link is None or model in known:
                continue
            known.add(model)
            way = f"{link.name}__{path}" if path else link.name
            found.append((model, way))
            waiting.append((model, way))
    return found


def _links(model: type[models.Model]) -> Iterator["models.ForeignKey[Any, Any]"]:
    fields = (field for field in model._meta.get_fields() if isinstance(field, models.ForeignKey))
    return (field for field in fields if field.remote_field.on_delete is not models.SET_NULL)


def columns(model: type[models.Model]) -> list["models.Field[Any, Any]"]:
    """The columns of a model that the purge empties."""
    return [
        field
        for field in model._meta.concrete_fields
        if (isinstance(field, PERSONAL) and _name(field) not in KEPT) or _name(field) in CLEARED
    ]


def _name(field: "models.Field[Any, Any]") -> str:
    return f"{field.model.__name__}.{field.name}"


def empty_rows(request: Request) -> Purge:
    """Empty every personal column of every row of the request; the caller's transaction decided that it may."""
    counts = {"codes": VerificationCode.objects.filter(request=request).delete()[0]}
    for model, way in places():
        for field in columns(model):
            counts[_name(field)] = _empty(model.objects.filter(**{way: request.pk}), field)  # type: ignore[attr-defined]
    return Purge.objects.create(request=request, emptied_at=now(), counts=counts)


def _empty(rows: models.QuerySet[models.Model], field: "models.Field[Any, Any]") -> int:
    """Empty one column of some rows; returns how many held something."""
    nothing = None if field.null else b"" if isinstance(field, models.BinaryField) else ""
    return rows.exclude(**{field.name: nothing}).update(**{field.name: nothing})


@transaction.atomic
def forget_letters(request_id: int) -> None:
    """Remove the request's letters from the outbox, delivered or not."""
    row = _locked(request_id)
    if row.letters_at is None:
        row.counts["letters"] = forget(f"privacy:{row.request.req_id}:")
        row.letters_at = now()
        row.save()


@transaction.atomic
def destroy_key(request_id: int) -> None:
    """Destroy the key file, then say so: a worker killed in between finds the file gone and says it then."""
    row = _locked(request_id)
    if row.key_at is not None:
        return
    keystore.shred(row.request.key_name)
    row.key_at = now()
    row.save()
    Request.objects.filter(pk=row.request_id).update(shredded_at=row.key_at)
    record(kinds.SHREDDED, actor=system_actor(ACTOR), payload={"request": row.request.req_id})


@transaction.atomic
def finish(request_id: int) -> None:
    """Write into the ledger what was removed, in numbers."""
    row = _locked(request_id)
    if row.entry is not None:
        return
    held = {name: count for name, count in row.counts.items() if name not in {"codes", "letters"}}
    binary = {f"{model.__name__}.{field.name}" for model, _ in places() for field in columns(model) if _sealed(field)}
    payload: dict[str, str | int] = {
        "request": row.request.req_id,
        "sealed": sum(count for name, count in held.items() if name in binary),
        "texts": sum(count for name, count in held.items() if name not in binary),
        "codes": row.counts["codes"],
        "letters": row.counts["letters"],
    }
    row.entry = record(kinds.PURGED, actor=system_actor(ACTOR), payload=payload)
    row.save()


def _sealed(field: "models.Field[Any, Any]") -> bool:
    return isinstance(field, models.BinaryField)


def _locked(request_id: int) -> Purge:
    return Purge.objects.select_for_update(of=("self",)).select_related("request", "entry").get(request=request_id)
