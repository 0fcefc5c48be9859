"""What a person may see of the ledger: rights first, then filters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from portal.core.evidence import selectors, verify
from portal.core.evidence.models import Checkpoint, Entry
from portal.core.identity.models import ActorName
from portal.core.identity.policies import TABLE, Act, Reach, require

PAGE = 50


def visible_entries(user: Any) -> QuerySet[Entry]:
    """The entries that the person may read: all of them, or those about assets of the teams that they read for."""
    reaches = TABLE[Act.READ_EVIDENCE]
    held = [(reaches[role], team) for role, team in user.grants() if role in reaches]
    found = Entry.objects.select_related("leaf").order_by("-pk")
    if any(reach is Reach.EVERYWHERE for reach, _ in held):
        return found
    return found.filter(team_id__in=[team for _, team in held])


def entry_for(user: Any, pk: int) -> Entry:
    """One entry; Entry.DoesNotExist where there is none, PermissionDenied where it is not the person's to read."""
    found = Entry.objects.select_related("leaf").get(pk=pk)
    require(user, Act.READ_EVIDENCE, found)
    return found


def with_names(entries: Iterable[Entry]) -> list[tuple[Entry, str]]:
    """Each entry with its sentence, in which the actor has a name where one is still kept."""
    return [(row, sentence) for row, sentence, _ in with_actors(entries)]


def with_actors(entries: Iterable[Entry]) -> list[tuple[Entry, str, str]]:
    """Each entry with its sentence and its actor: by name where one is still kept."""
    rows = list(entries)
    names = dict(ActorName.objects.filter(pk__in={row.actor_id for row in rows}).values_list("pk", "name"))
    called = ((row, names.get(row.actor_id, row.actor.label)) for row in rows)
    return [(row, row.tell(name), name) for row, name in called]


def ids_of_names(word: str) -> list[str]:
    """The actors whose name holds the word, where names are still kept; a few hundred at most."""
    return list(ActorName.objects.filter(name__icontains=word).values_list("pk", flat=True)[:300])


def checkpoint_page(before: int | None) -> list[Checkpoint]:
    """The newest checkpoints smaller than `before` (all when None): one more than a page, to see whether it ends."""
    found = Checkpoint.objects.order_by("-size").select_related("timestamp")
    return list((found.filter(size__lt=before) if before else found)[: PAGE + 1])


def consistency_between(old: int, new: int) -> str:
    """The consistency proof from any size to a checkpoint; ValueError with a sentence where there is none."""
    target = selectors.checkpoint_at(new)
    if target is None:
        raise ValueError(f"There is no checkpoint of {new} entries: choose one from the list of checkpoints.")
    return selectors.consistency_proof(old, target)


def leading_to(bundle: bytes, seen: str) -> str:
    """The consistency proof between a bundle's checkpoint and one that somebody kept; "" where the ledger has none."""
    try:
        _, files = verify.read_files(bundle)
        _, _, note = verify.parse_proof(files["proof.tlog"].decode(), "index")
        sizes = sorted(verify.parse_checkpoint(text)[1] for text in (note, seen))
        return consistency_between(*sizes)
    except (verify.Refused, *verify.MALFORMED):
        return ""  # the verifier's own report says what is wrong with either
