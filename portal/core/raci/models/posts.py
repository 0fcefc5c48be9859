"""Named posts such as CISO, and what or who stands behind each."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from portal.core.identity.models import ROLE_CHOICES


class Post(models.Model):
    """A post: some people, a team, a role of the house, or everybody."""

    class StandsFor(models.TextChoices):
        PEOPLE = "people", "People"
        TEAM = "team", "A team"
        ROLE = "role", "A role"
        EVERYBODY = "everybody", "Everybody in the organisation"

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80, unique=True)
    stands_for = models.CharField(max_length=10, choices=StandsFor, default=StandsFor.PEOPLE)
    team = models.ForeignKey("identity.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=20, choices=ROLE_CHOICES, blank=True)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, through="raci.PostHolder", related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(team__isnull=False, stands_for="team")
                | models.Q(team__isnull=True) & ~models.Q(stands_for="team"),
                name="post_team_fits",
            ),
            models.CheckConstraint(
                condition=~models.Q(role="") & models.Q(stands_for="role")
                | models.Q(role="") & ~models.Q(stands_for="role"),
                name="post_role_fits",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("raci:post", args=[self.slug])


class PostHolder(models.Model):
    """Somebody who holds a post."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="holders")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()

    class Meta:
        ordering = ["user__name"]
        constraints = [models.UniqueConstraint(fields=["post", "user"], name="post_held_once_by_a_person")]

    def __str__(self) -> str:
        return f"{self.user} is {self.post}"
