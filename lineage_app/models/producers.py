"""Who sends events: what came from whom, counted in buckets of time, and the newest events that were refused."""

from django.db import models


class Receipt(models.Model):
    """What one request brought, until it is counted; written by the statement that keeps the event.

    Deleted by the transaction that adds it up, so that each is counted once however often a worker dies. The table has
    no key and no index, since it is only ever read whole and every event pays for it; Django wants a key all the same.
    """

    received_at = models.DateTimeField(primary_key=True)
    token_id = models.BigIntegerField(null=True)
    producer = models.TextField()
    events = models.PositiveIntegerField()
    lenient = models.TextField()
    outside = models.JSONField()
    refused = models.CharField(max_length=10)

    class Meta:
        db_table = "lineage_app_receipt"

    def __str__(self) -> str:
        return f"{self.events} at {self.received_at}"


class Producer(models.Model):
    """One `producer` URI that was seen with one token; no token is the portal itself and its replays."""

    token = models.ForeignKey("identity.ServiceToken", null=True, on_delete=models.CASCADE, related_name="+")
    uri = models.TextField(blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "uri"], nulls_distinct=False, name="producer_once"),
        ]

    def __str__(self) -> str:
        return self.uri


class Tally(models.Model):
    """How many events of one producer came in the bucket of time that begins at `since`."""

    class What(models.TextChoices):
        KEPT = "kept", "Kept"
        LENIENT = "lenient", "Accepted leniently"
        FOREIGN = "foreign", "Outside the token's namespaces"
        REFUSED = "refused", "Refused"

    producer = models.ForeignKey(Producer, on_delete=models.CASCADE, related_name="tallies")
    since = models.DateTimeField()
    what = models.CharField(max_length=7, choices=What)
    detail = models.CharField(max_length=60, blank=True)
    count = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["producer", "since", "what", "detail"], name="tally_once"),
        ]
        indexes = [models.Index(fields=["since"], name="tally_since")]

    def __str__(self) -> str:
        return f"{self.count} {self.what}"


class OutsideNamespace(models.Model):
    """A namespace that a token's events spoke about and that the token does not cover."""

    token = models.ForeignKey("identity.ServiceToken", on_delete=models.CASCADE, related_name="+")
    namespace = models.TextField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    events = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "namespace"], name="outside_once")]

    def __str__(self) -> str:
        return self.namespace


class RefusedEvent(models.Model):
    """One of the newest events that were refused, with the start of its body, for its owner to see and to mend."""

    token = models.ForeignKey("identity.ServiceToken", on_delete=models.CASCADE, related_name="+")
    received_at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=10)
    sentence = models.TextField()
    producer = models.TextField(blank=True)
    place = models.PositiveIntegerField(null=True)
    body = models.BinaryField()
    size = models.PositiveIntegerField()

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["token", "reason", "-id"], name="refused_newest")]

    def __str__(self) -> str:
        return f"refused event {self.pk}"

    def team_ids(self) -> set[int]:
        """The team that the token belongs to, for who may see the body."""
        return self.token.team_ids()
