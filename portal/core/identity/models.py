"""People, teams, the roles that join them, service tokens, and the purgeable names behind evidence."""

from __future__ import annotations

import uuid
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from portal.core.identity.roles import TEAM_ROLES, Role

if TYPE_CHECKING:
    from datetime import datetime

ROLE_CHOICES = [(role.value, role.label) for role in Role]


class UserManager(BaseUserManager["User"]):
    """Makes people; their e-mail address is what they sign in with."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Save and return a person. Without a password nobody can sign in as them."""
        if not email:
            raise ValueError("A person needs an e-mail address: it is what they sign in with.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """The person with this e-mail address, in any case of letters."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who signs in with an e-mail address."""

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField("name", max_length=150)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(Lower("email"), name="identity_user_email_any_case")]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """The name, as Django's and allauth's own code asks for it."""
        return self.name

    def grants(self) -> frozenset[tuple[Role, int | None]]:
        """The roles held, each with the id of its team (None: the whole organisation); read once per instance."""
        if not hasattr(self, "_grants"):
            self._grants = frozenset((role, team) for role, team, _ in self.roles_held())
        return self._grants

    def roles_held(self) -> tuple[tuple[Role, int | None, str], ...]:
        """As `grants`, each with the name of its team ("": none), by that name; read once per instance."""
        if not hasattr(self, "_roles_held"):
            held = self.memberships.order_by("team__name", "role").values_list("role", "team", "team__name")
            self._roles_held = tuple((Role(role), team, name or "") for role, team, name in held)
        return self._roles_held

    def forget_grants(self) -> None:
        """Read the roles anew the next time that they are asked for."""
        for kept in ("_grants", "_roles_held"):
            self.__dict__.pop(kept, None)


class Team(models.Model):
    """A group of people that owns or consumes assets."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of the team."""
        return reverse("identity:team", args=[self.slug])

    def team_ids(self) -> set[int]:
        """The team itself, for the rows of the table of acts that are bound to a team."""
        return {self.pk}


class Membership(models.Model):
    """A role that a person holds, in one team or (`team` null) for the whole organisation."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")
    role = models.CharField(max_length=20, choices=ROLE_CHOICES)
    since = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["team__name", "role", "user__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "team", "role"], nulls_distinct=False, name="identity_membership_once"
            ),
            models.CheckConstraint(
                condition=models.Q(team__isnull=False, role__in=sorted(TEAM_ROLES))
                | models.Q(team__isnull=True, role__in=sorted(set(Role) - TEAM_ROLES)),
                name="identity_membership_role_fits_team",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} is {Role(self.role).label}" + (f" of {self.team}" if self.team else "")


class ServiceToken(models.Model):
    """A machine's key to the API; only the SHA-256 of the secret is kept, which is enough for 256 random bits."""

    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=16, editable=False)
    hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(default=list)
    namespaces = models.JSONField(default=list, blank=True)
    owner_team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="tokens")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def usable(self, at: datetime) -> bool:
        """Whether the token is neither revoked nor expired at that time."""
        return self.revoked_at is None and at < self.expires_at

    def team_ids(self) -> set[int]:
        """The team that it belongs to, for the rows of the table of acts that are bound to a team."""
        return {self.owner_team_id} if self.owner_team_id else set()

    def covers(self, namespace: str) -> bool:
        """Whether one of the token's glob patterns matches the namespace, in exact case of letters."""
        return any(fnmatchcase(namespace, pattern) for pattern in self.namespaces)

    def has_scope(self, scope: str) -> bool:
        """Whether the token was issued for this scope."""
        return scope in self.scopes


class ActorName(models.Model):
    """The name behind an actor id of the ledger. Purging the row leaves an id and a digest that nobody can open."""

    actor_id = models.CharField(max_length=80, primary_key=True)
    name = models.CharField(max_length=150)
    salt = models.CharField(max_length=64, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
