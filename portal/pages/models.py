"""What the composing pages keep: packs of evidence that were asked for, and the nightly runs of retention."""

from django.db import models
from django.urls import reverse

from portal.core.making.models import Made
from portal.pages.scoreboard.models import BoardPack, Day, DummyRun, SignOff

__all__ = ["BoardPack", "Day", "DummyRun", "Pack", "RetentionRun", "SignOff"]


class Pack(Made):
    """Bundles of a period in one ZIP, made by a worker for one person, within that person's rights."""

    key = models.UUIDField(unique=True)
    since = models.DateField()
    until = models.DateField(help_text="The last day that is in it.")
    subjects = models.JSONField(default=list)
    grants = models.JSONField(default=list, help_text="The roles and teams that its maker read by.")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=71, blank=True)
    size = models.BigIntegerField(default=0)
    entry = models.ForeignKey("evidence.Entry", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(Made.Meta):
        indexes = [models.Index(fields=["state", "leased_until"], name="pack_waiting")]

    def __str__(self) -> str:
        return f"pack {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("evidence:pack", args=[self.pk])

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"evidence-{self.since}-{self.until}-{self.pk}.zip"


class RetentionRun(models.Model):
    """One night's work of retention: what each rule removed, and what went wrong."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    counts = models.JSONField(default=dict, help_text="Rows removed, by rule.")
    problems = models.JSONField(default=dict, help_text="What kept a rule from its work, by rule.")
    entry = models.ForeignKey("evidence.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"retention of {self.started_at:%Y-%m-%d}"


from portal.pages.programme.models import ProgrammeZip  # noqa: E402, F401 - the room's own file; Django finds it here
from portal.pages.provenance.models import GivenAnswer, Output  # noqa: E402, F401 - the room's own file; Django finds it here
