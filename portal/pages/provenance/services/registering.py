"""Registering outputs: a batch at a time, each id once, the same again being no change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q

from portal.core.clock.services import now
from portal.pages.provenance.domain.output_ids import BadOutput, Registered, registered
from portal.pages.provenance.models import Output


@dataclass(frozen=True)
class Refusal:
    """An output that was not taken: its place in the batch, and why."""

    index: int
    reason: str


@dataclass(frozen=True)
class Registration:
    """What came of a batch: newly stored, known already with the same content, and refused."""

    received: int
    stored: int
    known: int
    refused: tuple[Refusal, ...]


@transaction.atomic
def register(sent: Sequence[Any], *, token: Any) -> Registration:
    """Keep what can be kept of a batch: an id that is known with other content, or badly formed, is refused by itself.

    `token` must cover each output's namespace. The same batch sent twice is stored once.
    """
    good: dict[int, Registered] = {}
    refused: list[Refusal] = []
    for index, each in enumerate(sent):
        try:
            good[index] = _covered(registered(each, now=now()), token)
        except BadOutput as error:
            refused.append(Refusal(index, str(error)))
    before = set(_kept(good.values()))
    _store(good.values(), before, token)
    after = _kept(good.values())
    for index, each in good.items():
        if not _same(after[each.key], each):
            refused.append(Refusal(index, "This output_id is registered already, and with other content."))
    wrong = {each.index for each in refused}
    stored = {each.key for index, each in good.items() if index not in wrong and each.key not in before}
    known = sum(1 for index in good if index not in wrong) - len(stored)
    return Registration(len(sent), len(stored), known, tuple(sorted(refused, key=lambda each: each.index)))


def _covered(output: Registered, token: Any) -> Registered:
    if not token.covers(output.namespace):
        raise BadOutput("The token does not cover this namespace; ask an administrator for one that does.")
    return output


def _kept(outputs: Iterable[Registered]) -> dict[tuple[str, str], Output]:
    keys = {each.key for each in outputs}
    if not keys:
        return {}
    by_namespace: dict[str, set[str]] = {}
    for namespace, output_id in keys:
        by_namespace.setdefault(namespace, set()).add(output_id)
    wanted = reduce(or_, (Q(namespace=name, output_id__in=ids) for name, ids in by_namespace.items()))
    return {(row.namespace, row.output_id): row for row in Output.objects.filter(wanted)}


def _store(outputs: Iterable[Registered], before: set[tuple[str, str]], token: Any) -> None:
    """Insert the new ones; of two batches at once the database lets the first in."""
    first: dict[tuple[str, str], Registered] = {}
    for each in outputs:
        if each.key not in before:
            first.setdefault(each.key, each)
    rows = [Output(**vars(each), registered_at=now(), token=token) for each in first.values()]
    Output.objects.bulk_create(rows, ignore_conflicts=True)


def _same(row: Output, sent: Registered) -> bool:
    """Whether what is kept says the same; the time may be the portal's own where none was sent."""
    names = ("product", "run_id", "model", "model_version", "digest")
    return all(getattr(row, name) == getattr(sent, name) for name in names)
