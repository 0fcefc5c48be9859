"""What the owner of a model owes after an erasure: train it anew without the subject, or say on what basis not."""

from django.conf import settings
from django.db import models
from django.urls import reverse


class Duty(models.Model):
    """One model of one request. It outlives the request's own data and names nobody."""

    class State(models.TextChoices):
        OPEN = "open", "To retrain"
        RETRAINED = "retrained", "Trained anew"
        DOCUMENTED = "documented", "Basis documented"

    request = models.ForeignKey("privacy_app.Request", on_delete=models.SET_NULL, null=True, related_name="duties")
    req_id = models.CharField(max_length=20)
    model = models.CharField(max_length=1500)
    asset = models.ForeignKey("catalog.Asset", on_delete=models.SET_NULL, null=True, related_name="+")
    owner_team = models.ForeignKey("identity.Team", on_delete=models.SET_NULL, null=True, related_name="+")
    why = models.CharField(max_length=1000)
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    seen = models.CharField(max_length=1000, blank=True)
    basis = models.TextField(blank=True)
    run_url = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["req_id", "model"], name="privacy_duty_once")]

    def __str__(self) -> str:
        return f"{self.model} after {self.req_id}"

    def get_absolute_url(self) -> str:
        return reverse("privacy:duty", args=[self.pk])

    def team_ids(self) -> set[int]:
        """The team whose owner may answer."""
        return {self.owner_team_id} if self.owner_team_id else set()
