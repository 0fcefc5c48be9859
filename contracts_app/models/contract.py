"""Contracts and their versions: what was written, what it was parsed to, and how far it has come."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse

from contracts_app.domain.document import Loaded, load
from contracts_app.domain.lifecycle import Signed, SigningRole, State
from contracts_app.domain.model import Document

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset

STATES = [(state.value, state.value.capitalize()) for state in State]
SMALL = 16 * 1024
"""Bytes of a contract that is kept read; larger ones are rare and would fill the memory."""
NUMBERED = [State.PROPOSED, State.SCHEDULED, State.ACTIVE, State.DEPRECATED, State.RETIRED]


@lru_cache(maxsize=256)
def _read(authored: bytes) -> Loaded:
    """The same bytes read alike each time; a list of fifty versions would read fifty documents on every request."""
    return load(authored)


class Contract(models.Model):
    """The agreement about one asset; its versions hold what was agreed."""

    name = models.CharField(max_length=100, unique=True)
    asset = models.ForeignKey("catalog.Asset", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner_team = models.ForeignKey("identity.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    consumer_teams = models.ManyToManyField("identity.Team", blank=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of the contract."""
        return reverse("contracts:page", args=[self.pk])

    @property
    def repository_path(self) -> str:
        """Where the programme's tree keeps the file of the contract."""
        return f"data_contracts/{self.name}.yaml"

    def team_ids(self) -> set[int]:
        """The team that owns the asset: rights on the contract follow it."""
        return {self.owner_team_id} if self.owner_team_id else set()

    def consumer_team_ids(self) -> set[int]:
        """Teams that the contract names as consumers."""
        return {team.pk for team in self.consumer_teams.all()}


class Version(models.Model):
    """One version: the authored bytes, what they were parsed to, and how far it has come."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="versions")
    number = models.CharField(max_length=60, blank=True)
    authored = models.BinaryField()
    data = models.JSONField(null=True, blank=True)
    digest = models.CharField(max_length=71, blank=True)
    state = models.CharField(max_length=12, choices=STATES, default=State.DRAFT.value)
    token = models.PositiveIntegerField(default=1, help_text="Counts the edits, so that of two editors one is refused.")
    tier = models.PositiveSmallIntegerField(null=True, blank=True)
    roles = models.JSONField(default=list, blank=True)
    report = models.JSONField(default=dict, blank=True)
    readiness = models.JSONField(default=list, blank=True)
    readiness_at = models.DateTimeField(null=True, blank=True)
    parties = models.JSONField(default=dict, blank=True, help_text="Signing role -> the team whose owner signs.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposal_key = models.UUIDField(null=True, blank=True, unique=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    notice_ends_at = models.DateTimeField(null=True, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    deprecated_at = models.DateTimeField(null=True, blank=True)
    deprecated_until = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True, help_text="When it is retired without a successor.")
    ending_asked_at = models.DateTimeField(null=True, blank=True)
    ending_reason = models.TextField(blank=True)
    ending_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ending_key = models.UUIDField(null=True, blank=True, unique=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)
    reminded = models.JSONField(default=list, blank=True, help_text="Deadlines that people were reminded of.")

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract"], condition=models.Q(state=State.DRAFT), name="contract_has_one_draft"
            ),
            models.UniqueConstraint(
                fields=["contract"], condition=models.Q(state=State.ACTIVE), name="contract_has_one_active_version"
            ),
            models.UniqueConstraint(
                fields=["contract"],
                condition=models.Q(state__in=[State.PROPOSED, State.SCHEDULED]),
                name="contract_has_one_open_proposal",
            ),
            models.UniqueConstraint(
                fields=["contract", "number"],
                condition=models.Q(state__in=NUMBERED),
                name="contract_version_number_once",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "contract"], name="version_by_state"),
            models.Index(
                fields=["ends_at"],
                condition=models.Q(state=State.ACTIVE.value, ends_at__isnull=False),
                name="contract_to_be_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract.name} {self.number}".strip()

    def get_absolute_url(self) -> str:
        """The contract's page with this version shown."""
        return f"{self.contract.get_absolute_url()}?version={self.pk}"

    @cached_property
    def loaded(self) -> Loaded:
        """The authored bytes read again: the model is never trusted to what was stored beside them."""
        authored = bytes(self.authored)
        return _read(authored) if len(authored) <= SMALL else load(authored)

    @property
    def document(self) -> Document:
        """The typed contract; raises ValueError for a draft whose YAML is broken."""
        if self.loaded.document is None:
            raise ValueError(f"{self} cannot be read as a contract.")
        return self.loaded.document

    @property
    def text(self) -> str:
        """The authored text, for showing and editing."""
        return bytes(self.authored).decode("utf-8", "replace")

    @property
    def asset(self) -> Asset | None:
        """The asset under contract, known from the first activation on."""
        return self.contract.asset

    @property
    def ref(self) -> str:
        """What a signature's challenge names."""
        return f"contracts:version:{self.pk}"

    @property
    def roles_needed(self) -> list[SigningRole]:
        """Who signs, fixed when it was proposed."""
        return [SigningRole(role) for role in self.roles]

    def signed(self) -> list[Signed]:
        """The signatures that count."""
        return [Signed(link.user_id, SigningRole(link.role)) for link in self.signatures.all() if not link.voided_at]
