"""Assets and the names, teams, systems and flows that they join."""

from django.db import models
from django.db.models import F
from django.db.models.functions import Length
from django.urls import reverse

from portal.core.notify.base import Asks
from portal.core.notify.registry import channels


class Kind(models.TextChoices):
    """What an asset is."""

    TABLE = "table", "Table"
    STREAM = "stream", "Stream"
    FILE_SET = "file_set", "File set"
    FEATURE_VIEW = "feature_view", "Feature view"
    VECTOR_INDEX = "vector_index", "Vector index"
    MODEL = "model", "Model"
    PRODUCT = "product", "Product"


class Layer(models.TextChoices):
    """Where on the way from source to product an asset stands."""

    SOURCE = "source", "Source"
    INGEST = "ingest", "Ingest"
    RAW = "raw", "Raw"
    TRANSFORM = "transform", "Transform"
    FEATURE = "feature", "Feature"
    VECTOR = "vector", "Vector"
    MODEL = "model", "Model"
    PRODUCT = "product", "Product"


class Asset(models.Model):
    """One thing that can be under contract, named as OpenLineage names datasets."""

    namespace = models.CharField(max_length=500)
    name = models.CharField(max_length=1000)
    kind = models.CharField(max_length=20, choices=Kind, blank=True)
    layer = models.CharField(max_length=20, choices=Layer, blank=True)
    tier = models.PositiveSmallIntegerField(null=True, blank=True)
    tier_reason = models.CharField(max_length=200, blank=True)
    owner_team = models.ForeignKey("identity.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["namespace", "name"]
        constraints = [
            models.UniqueConstraint(fields=["namespace", "name"], name="asset_has_one_name"),
            models.CheckConstraint(
                condition=models.Q(tier__isnull=True) | models.Q(tier__in=[1, 2, 3]), name="asset_tier_1_to_3"
            ),
            models.CheckConstraint(
                condition=~models.Q(tier=1) | ~models.Q(tier_reason=""), name="asset_tier_1_has_reason"
            ),
        ]
        indexes = [
            models.Index(Length("name"), F("name"), F("id"), name="asset_by_length"),
            models.Index(fields=["name"], name="asset_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """Namespace and name as one string."""
        return f"{self.namespace}/{self.name}"

    def get_absolute_url(self) -> str:
        return reverse("pages:asset", args=[self.pk])

    def team_ids(self) -> set[int]:
        """Teams whose members may act on it as owners."""
        return {self.owner_team_id} if self.owner_team_id else set()


class AssetAlias(models.Model):
    """Another string by which contracts, artifacts or events name an asset."""

    text = models.CharField(max_length=1000, unique=True)
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="aliases")

    class Meta:
        ordering = ["text"]

    def __str__(self) -> str:
        return self.text


class TeamAddress(models.Model):
    """A string that names a team (`channel`, `title`), or a place where it is told (the kinds of portal.core.notify).

    Where an address is itself a secret (Slack's URL, PagerDuty's routing key) `text` is only its name, and `secret`
    the reference to it; elsewhere `secret` is what signs or authorises.
    """

    class Kind(models.TextChoices):
        """The kinds that are only names, and the two channels that contracts write to; the rest are the channels'."""

        EMAIL = "email", "E-mail"
        CHANNEL = "channel", "Channel"
        TITLE = "title", "Title"
        WEBHOOK = "webhook", "Webhook"

    class Purpose(models.TextChoices):
        ALERTS = "alerts", "Whatever is wrong"
        POSTMORTEM = "postmortem", "Post-mortems only"

    text = models.CharField(max_length=500, unique=True)
    team = models.ForeignKey("identity.Team", on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=24)
    secret = models.CharField(max_length=130, blank=True)
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.ALERTS)

    class Meta:
        ordering = ["text"]

    def __str__(self) -> str:
        return self.text

    @property
    def label(self) -> str:
        """What its kind is called."""
        kind = channels().get(self.kind)
        return kind.label if kind else self.Kind(self.kind).label

    @property
    def told_at(self) -> str:
        """What its channel is given: the address, the reference to it, or both with a space between."""
        kind = channels().get(self.kind)
        return self.secret if kind and kind.asks is Asks.REFERENCE else f"{self.text} {self.secret}".rstrip()

    def team_ids(self) -> set[int]:
        """The team whose owners may change it."""
        return {self.team_id}


class DataSystem(models.Model):
    """A store of data that the portal may probe and, when a plan says so, erase from."""

    name = models.CharField(max_length=120, unique=True)
    label = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=40)
    settings = models.JSONField(default=dict, blank=True)
    probe_secret = models.CharField(max_length=300, blank=True)
    erase_secret = models.CharField(max_length=300, blank=True)
    region = models.CharField(max_length=40, blank=True)
    owner_team = models.ForeignKey("identity.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.label or self.name

    def get_absolute_url(self) -> str:
        return reverse("catalog:system", args=[self.pk])


class Placement(models.Model):
    """Where an asset physically lies: an object of a system, and how a person is found in it."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="placements")
    system = models.ForeignKey(DataSystem, on_delete=models.PROTECT, related_name="placements")
    object_name = models.CharField(max_length=500)
    settings = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["system__name", "object_name"]
        constraints = [
            models.UniqueConstraint(fields=["system", "object_name"], name="placement_object_once"),
        ]

    def __str__(self) -> str:
        return f"{self.system.name}: {self.object_name}"


class Flow(models.Model):
    """A declared way from a source to a product; `declared_at` is empty for what was declared before it was kept."""

    name = models.CharField(max_length=200, unique=True)
    owner_team = models.ForeignKey("identity.Team", on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("lineage:flow", args=[self.pk])

    def team_ids(self) -> set[int]:
        """Teams whose owners may change it."""
        return {self.owner_team_id}


class FlowStep(models.Model):
    """One asset on the way."""

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["flow", "position"]
        constraints = [models.UniqueConstraint(fields=["flow", "position"], name="flow_step_position")]

    def __str__(self) -> str:
        return f"{self.flow} {self.position}"
