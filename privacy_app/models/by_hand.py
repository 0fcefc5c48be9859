"""A step that a person does: the task, its dates, and what was attested."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from privacy_app.domain.attestation import Outcome


class ByHandTask(models.Model):
    """One dataset to delete from by hand. A step that is tried again gets a new task; the newest counts."""

    class Said(models.TextChoices):
        DELETED = Outcome.DELETED.value, "Deleted"
        NOT_FOUND = Outcome.NOT_FOUND.value, "Not found there"
        CANNOT = Outcome.CANNOT.value, "Cannot be deleted there"
        HELD = "held", "Held: nothing was to be deleted"

    step = models.ForeignKey("privacy_app.Step", on_delete=models.CASCADE, related_name="tasks")
    team = models.ForeignKey("identity.Team", on_delete=models.PROTECT, null=True, related_name="+")
    handed_at = models.DateTimeField()
    remind_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    overdue_told_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Said, blank=True)
    rows = models.PositiveIntegerField(default=0)
    sealed_statement = models.BinaryField(null=True)
    file = models.ForeignKey("privacy_app.SealedFile", on_delete=models.PROTECT, null=True, related_name="+")
    attested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    attested_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["step"], condition=models.Q(attested_at=None), name="privacy_one_open_task_a_step"
            )
        ]

    def __str__(self) -> str:
        return f"by hand: {self.step}"

    def get_absolute_url(self) -> str:
        return reverse("privacy:by-hand-task", args=[self.pk])

    def team_ids(self) -> set[int]:
        """The owners of the system may attest; privacy officers may whatever team it is."""
        return {self.team_id} if self.team_id else set()

    @property
    def is_open(self) -> bool:
        return self.attested_at is None
