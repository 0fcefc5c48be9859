"""Who wants to be told of a contract's changes without being named in it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

_ONE_READER = models.Q(user__isnull=False, team=None) | models.Q(user=None, team__isnull=False)
_ONE_SUBJECT = (
    models.Q(contract__isnull=False, owned_by=None, upstream_of=None)
    | models.Q(contract=None, owned_by__isnull=False, upstream_of=None)
    | models.Q(contract=None, owned_by=None, upstream_of__isnull=False)
)


class Subscription(models.Model):
    """A person or a team, and what they follow: a contract, all of a team, or all that a team's assets are fed by."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    team = models.ForeignKey("identity.Team", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    contract = models.ForeignKey(
        "contracts_app.Contract", on_delete=models.CASCADE, null=True, blank=True, related_name="subscriptions"
    )
    owned_by = models.ForeignKey("identity.Team", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    upstream_of = models.ForeignKey("identity.Team", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "team", "contract", "owned_by", "upstream_of"],
                nulls_distinct=False,
                name="subscription_once",
            ),
            models.CheckConstraint(condition=_ONE_READER, name="subscription_has_one_reader"),
            models.CheckConstraint(condition=_ONE_SUBJECT, name="subscription_has_one_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.reader} follows {self.subject}"

    @property
    def reader(self) -> str:
        """Who is told."""
        return str(self.user or self.team)

    @property
    def subject(self) -> str:
        """What is followed, in words."""
        if self.contract is not None:
            return self.contract.name
        if self.owned_by is not None:
            return f"every contract of {self.owned_by}"
        return f"every contract upstream of {self.upstream_of}"
