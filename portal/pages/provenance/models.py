"""What the provenance room keeps: outputs that products registered, and answers that were given as signed documents."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.http import urlencode

from portal.core.making.models import Made


class Output(models.Model):
    """The id of something that a product handed out, and what made it; it names nobody and holds none of it."""

    namespace = models.CharField(max_length=1500)
    output_id = models.CharField(max_length=200)
    product = models.CharField(max_length=1500, blank=True)
    run_id = models.TextField(blank=True)
    model = models.CharField(max_length=1500, blank=True)
    model_version = models.TextField(blank=True)
    made_at = models.DateTimeField()
    digest = models.CharField(max_length=71, blank=True)
    registered_at = models.DateTimeField()
    token = models.ForeignKey("identity.ServiceToken", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-registered_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["namespace", "output_id"], name="output_id_once")]
        indexes = [
            models.Index(fields=["output_id"], name="output_by_id"),
            models.Index(fields=["-registered_at", "-id"], name="output_newest"),
            models.Index(fields=["run_id"], name="output_by_run", condition=~models.Q(run_id="")),
            models.Index(fields=["product", "-registered_at"], name="output_by_product"),
        ]

    def __str__(self) -> str:
        return self.output_id

    @property
    def question(self) -> str:
        """The question about it, which names it wholly."""
        return f"output:{self.namespace}/{self.output_id}"

    def get_absolute_url(self) -> str:
        return f"{reverse('provenance:ask')}?{urlencode({'q': self.question})}"


class GivenAnswer(Made):
    """An answer that somebody took as a signed document: its JSON is stored at once, a worker makes PDF and bundle."""

    class Step(models.IntegerChoices):
        ASKED = 0, "Answer stored and recorded in the ledger"
        RENDERED = 1, "PDF rendered"
        SIGNED = 2, "PDF signed"
        NUMBERED = 3, "Ledger entry numbered"
        BUNDLED = 4, "Bundle closed"

    key = models.UUIDField(unique=True)
    question = models.TextField()
    subject = models.CharField(max_length=200)
    digest = models.CharField(max_length=71)
    entry = models.ForeignKey("evidence.Entry", on_delete=models.PROTECT, related_name="+")
    step = models.PositiveSmallIntegerField(choices=Step, default=Step.ASKED)
    pdf_digest = models.CharField(max_length=71, blank=True)
    bundle_digest = models.CharField(max_length=71, blank=True)
    size = models.BigIntegerField(default=0)

    class Meta(Made.Meta):
        indexes = [models.Index(fields=["state", "leased_until"], name="answer_waiting")]

    def __str__(self) -> str:
        return f"PA-{self.pk:05d}"

    def get_absolute_url(self) -> str:
        return reverse("provenance:given", args=[self.pk])
