"""Legal holds and exemptions: what is kept although somebody asked for deletion, and which steps were kept by them."""

from datetime import date

from django.conf import settings
from django.db import models
from django.urls import reverse

from privacy_app.domain import holds


class Hold(models.Model):
    """One hold. Empty `system`, `dataset` and `fields` mean all of them; no subject and no request mean everybody."""

    kind = models.CharField(
        max_length=12,
        choices=[(holds.HoldKind.LEGAL_HOLD, "Legal hold"), (holds.HoldKind.EXEMPTION, "Exemption by law")],
    )
    basis = models.CharField(max_length=20, choices=[(each.code, each.article) for each in holds.BASES])
    basis_text = models.CharField(max_length=300, blank=True)
    reason = models.TextField()
    system = models.ForeignKey("catalog.DataSystem", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    dataset = models.CharField(max_length=1500, blank=True)
    fields = models.JSONField(default=list, blank=True)
    request = models.ForeignKey(
        "privacy_app.Request", on_delete=models.PROTECT, null=True, blank=True, related_name="holds"
    )
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    ends_on = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    release_reason = models.TextField(blank=True)
    key = models.UUIDField(unique=True, editable=False)

    class Meta:
        ordering = ["-placed_at", "-pk"]
        indexes = [models.Index(fields=["released_at", "ends_on"], name="privacy_hold_in_force")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=False) | models.Q(review_on__isnull=False),
                name="privacy_hold_has_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("privacy:hold", args=[self.pk])

    @property
    def law_basis(self) -> holds.Basis:
        """The basis as the law words it."""
        return holds.basis_of(self.basis)

    def fact(self) -> holds.Hold:
        """This hold as the pure rules see it; reads `system`, `request` and `subjects`."""
        return holds.Hold(
            pk=self.pk,
            kind=holds.HoldKind(self.kind),
            basis=self.law_basis,
            system=self.system.name if self.system else "",
            dataset=self.dataset,
            fields=tuple(self.fields),
            subjects=frozenset(each.lookup for each in self.subjects.all()),
            request=self.request.req_id if self.request else "",
            ends_on=self.ends_on,
            review_on=self.review_on,
            released=self.released_at is not None,
        )

    def is_in_force(self, today: date) -> bool:
        """Whether it keeps data today."""
        return self.released_at is None and (self.ends_on is None or today <= self.ends_on)

    def standing(self, today: date) -> str:
        """`in_force`, `to_review`, `expired` or `released`."""
        if self.released_at:
            return "released"
        if not self.is_in_force(today):
            return "expired"
        return "to_review" if self.review_on and self.review_on <= today else "in_force"


class HeldSubject(models.Model):
    """A person whom a hold is about: only the look-up token of an identifier, never its value."""

    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, related_name="subjects")
    kind = models.CharField(max_length=40)
    lookup = models.CharField(max_length=80, db_index=True)

    class Meta:
        ordering = ["kind", "pk"]
        constraints = [models.UniqueConstraint(fields=["hold", "lookup"], name="privacy_held_once")]

    def __str__(self) -> str:
        return f"{self.kind} under {self.hold}"


class KeptStep(models.Model):
    """A step that was not erased because of a hold: the reason as it stood then."""

    step = models.OneToOneField("privacy_app.Step", on_delete=models.CASCADE, related_name="kept")
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="kept_steps")
    fields = models.JSONField(default=list)
    expires_on = models.DateField(null=True, blank=True)
    sentence = models.TextField()
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.step} kept by {self.hold}"
