"""The ledger's tables: triggers (migration 0002) refuse every change, except in Pending, Hold and AuditRun."""

import re
from datetime import datetime
from typing import Any

from django.db import models
from django.urls import reverse

from portal.core.evidence.actors import Actor
from portal.core.evidence.domain.canonical import canonical_bytes
from portal.core.evidence.domain.leaves import leaf_document
from portal.core.evidence.kinds import find
from portal.core.web.times import absolute

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)")


def _said(value: Any) -> Any:
    """A value as people read it: a time as everywhere on the pages, all else as it is.

    >>> _said("2026-11-23T14:39:10.960056+00:00"), _said("orders_v1")
    ('23 Nov 2026, 14:39 UTC', 'orders_v1')
    """
    return absolute(datetime.fromisoformat(value)) if isinstance(value, str) and _MOMENT.fullmatch(value) else value


class Entry(models.Model):
    """One thing that happened. No foreign key leaves the ledger, and no personal identifier enters it."""

    kind = models.CharField(max_length=120)
    payload = models.JSONField()
    actor_id = models.CharField(max_length=80)
    actor_role = models.CharField(max_length=200, blank=True)
    actor_name_digest = models.CharField(max_length=71, blank=True)
    team_id = models.BigIntegerField(null=True, help_text="Whose asset it is about: for access, not a foreign key.")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["kind", "-id"], name="evidence_by_kind"),
            models.Index(fields=["created_at"], name="evidence_by_time"),
            models.Index(fields=["team_id", "-id"], name="evidence_by_team"),
            models.Index(fields=["actor_role", "-id"], name="evidence_by_role"),
            models.Index(fields=["actor_id", "-id"], name="evidence_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def actor(self) -> Actor:
        return Actor(self.actor_id, self.actor_role, self.actor_name_digest)

    @property
    def sentence(self) -> str:
        """What happened, in words, with the actor as the ledger knows it."""
        return self.tell(self.actor.label)

    def tell(self, actor: str) -> str:
        """What happened, in words, with the actor as `actor` (the ledger holds no names, its readers may)."""
        kind = find(self.kind)
        if kind is None or not set(kind.fields) <= set(self.payload):
            return f"{actor}: {self.kind}."
        said = {name: _said(value) for name, value in self.payload.items()}
        text = kind.render(actor, self.actor_role.replace("_", " ").replace("+", " and "), said)
        named = kind.sentence.startswith("{") and not kind.sentence.startswith(("{actor}", "{kind}"))
        return text if named else text[:1].upper() + text[1:]  # a name keeps its letters

    def document(self) -> dict[str, Any]:
        """What the leaf commits to."""
        actor = {"id": self.actor_id, "role": self.actor_role, "name_digest": self.actor_name_digest}
        return leaf_document(kind=self.kind, payload=self.payload, actor=actor, team=self.team_id, at=self.created_at)

    def leaf_bytes(self) -> bytes:
        """The canonical bytes of the leaf."""
        return canonical_bytes(self.document())

    def team_ids(self) -> set[int]:
        """The teams whose own asset this is about (read by the table of acts)."""
        return set() if self.team_id is None else {self.team_id}

    def get_absolute_url(self) -> str:
        return reverse("evidence:entry", args=[self.pk])


class Pending(models.Model):
    """An entry that waits for its number; the sequencer removes the row."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT)

    def __str__(self) -> str:
        return f"entry {self.entry_id}"


class Leaf(models.Model):
    """The place of an entry in the tree: gapless from 0."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT)
    index = models.BigIntegerField(unique=True)

    def __str__(self) -> str:
        return str(self.index)


class Node(models.Model):
    """The hash of a full subtree: it covers the leaves [index * 2**level, (index + 1) * 2**level)."""

    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="evidence_one_node_a_place")]

    def __str__(self) -> str:
        return f"({self.level}, {self.index})"


class PublicKey(models.Model):
    """A key that signed something here; kept for ever, so that old bundles stay checkable."""

    key_id = models.CharField(max_length=160, unique=True)
    fingerprint = models.CharField(max_length=71, unique=True)
    public = models.BinaryField()
    first_used_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key_id


class Checkpoint(models.Model):
    """A signed tree head: the note is what auditors keep."""

    size = models.BigIntegerField(unique=True)
    root = models.BinaryField()
    note = models.TextField()
    key_id = models.CharField(max_length=160)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"checkpoint of {self.size}"

    def get_absolute_url(self) -> str:
        return reverse("evidence:checkpoint", args=[self.size])


class Timestamp(models.Model):
    """What a time-stamp authority said about a checkpoint (RFC 3161)."""

    checkpoint = models.OneToOneField(Checkpoint, on_delete=models.PROTECT)
    token = models.BinaryField()
    chain = models.TextField(blank=True, default="")
    authority = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.authority} on {self.checkpoint_id}"


class AnchorRun(models.Model):
    """One time that a checkpoint was taken out of the house, or that this failed."""

    anchor = models.CharField(max_length=40)
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="anchor_runs")
    ran_at = models.DateTimeField()
    good = models.BooleanField()
    sentence = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["anchor", "-id"], name="evidence_anchor_runs")]

    def __str__(self) -> str:
        return f"{self.anchor} at {self.ran_at:%Y-%m-%d %H:%M}"


class Artifact(models.Model):
    """One storing of some bytes, which lie under their digest; the same bytes may be stored again for longer."""

    digest = models.CharField(max_length=71, db_index=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    retain_until = models.DateTimeField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Hold(models.Model):
    """A reason why some bytes may not expire yet."""

    digest = models.CharField(max_length=71, db_index=True)
    reason = models.CharField(max_length=300)
    placed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    release_reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"hold on {self.digest}"


class Expiry(models.Model):
    """The bytes of a digest were removed after their time; digest and entries stay."""

    digest = models.CharField(max_length=71, db_index=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT)
    expired_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "expiries"

    def __str__(self) -> str:
        return f"{self.digest} expired"


class AuditRun(models.Model):
    """One recomputation of the whole tree from its entries."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    size = models.BigIntegerField()
    faults = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.size} entries, {len(self.faults)} faults"
