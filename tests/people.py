"""The cast of the tests: one person for each role, an outsider, and what they sign in with.

`world` (conftest.py) is the fixture. Ana owns the assets of Data Platform, where Bob contributes and Dan is on call;
Cleo consumes for Product Analytics; Pia and Petra are privacy officers, Aud audits, Hal is head of data, Ada
administers; Otto owns the assets of another team; Nia has an account and no role yet.
"""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache as remember
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.test import Client

from portal.core.clock.services import now
from portal.core.identity.actors import system_actor
from portal.core.identity.models import Membership, Team, User
from portal.core.identity.roles import Role
from portal.core.identity.tokens import issue

PASSWORD = "correct horse battery staple"

CAST: dict[str, tuple[str, Role | None, str | None]] = {
    "ana": ("Ana Owner", Role.OWNER, "platform"),
    "bob": ("Bob Contributor", Role.CONTRIBUTOR, "platform"),
    "cleo": ("Cleo Consumer", Role.CONSUMER, "analytics"),
    "dan": ("Dan On-Call", Role.ON_CALL, "platform"),
    "pia": ("Pia Privacy", Role.PRIVACY_OFFICER, None),
    "petra": ("Petra Privacy", Role.PRIVACY_OFFICER, None),
    "aud": ("Aud Auditor", Role.AUDITOR, None),
    "hal": ("Hal Head", Role.HEAD_OF_DATA, None),
    "ada": ("Ada Administrator", Role.ADMINISTRATOR, None),
    "otto": ("Otto Outsider", Role.OWNER, "logistics"),
    "nia": ("Nia Newcomer", None, None),
}
TEAMS = {"platform": "Data Platform", "analytics": "Product Analytics", "logistics": "Logistics"}


@dataclass
class World:
    """The people and teams of one test: `world.ana` is a User, `world.platform` a Team."""

    people: dict[str, User]
    teams: dict[str, Team]
    password: str = PASSWORD
    _sessions: dict[str, str] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        for group in ("people", "teams"):
            if name in self.__dict__.get(group, {}):
                return self.__dict__[group][name]
        raise AttributeError(f"Nobody called {name!r} in the cast; there are {', '.join([*CAST, *TEAMS])}.")

    def client(self, name: str = "nobody") -> Client:
        """A client of somebody who has signed in with password and code just now; "nobody" has not signed in."""
        client = Client()
        if name != "nobody":
            if name not in self._sessions:
                self._sessions[name] = _sign_in(self.people[name])
            client.cookies[settings.SESSION_COOKIE_NAME] = self._sessions[name]
        return client

    def code(self, name: str) -> str:
        """The person's present one-time code, good once more even if a test has used it already."""
        code = format_hotp_value(hotp_value(secret_of(name), int(time.time()) // 30))
        user = self.people[name]
        cache.delete_many(
            [
                f"identity.totp.spent:{user.pk}:{code}",
                f"allauth.mfa.totp.used?user={user.pk}&code={code}",
            ]
        )
        return code

    def token(self, *scopes: str, namespaces: tuple[str, ...] = ("*",), days: int = 1, team: Team | None = None) -> str:
        """The text of a fresh service token, for the header `Authorization: Bearer …`."""
        _, plain = issue(
            actor=system_actor("tests"),
            name="a pipeline of the tests",
            scopes=list(scopes),
            namespaces=list(namespaces),
            expires_at=now() + timedelta(days=days),
            owner_team=team,
        )
        return plain


def secret_of(name: str) -> str:
    """The secret behind a person's one-time codes, in base32."""
    return base64.b32encode(name.ljust(20, ".").encode()).decode()


def build_world() -> World:
    """Save the cast: a handful of inserts, so that every test can have its own."""
    teams = {slug: Team(slug=slug, name=name) for slug, name in TEAMS.items()}
    Team.objects.bulk_create(teams.values())
    people = {
        key: User(email=f"{key}@example.org", name=name, password=_password_hash())
        for key, (name, _, _) in CAST.items()
    }
    User.objects.bulk_create(people.values())
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, primary=True, verified=True) for user in people.values()
    )
    encrypt = get_adapter().encrypt
    Authenticator.objects.bulk_create(
        Authenticator(user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret_of(key))})
        for key, user in people.items()
    )
    Membership.objects.bulk_create(
        Membership(user=people[key], role=role.value, team=teams[slug] if slug else None)
        for key, (_, role, slug) in CAST.items()
        if role
    )
    return World(people=people, teams=teams)


@remember
def _password_hash() -> str:
    return make_password(PASSWORD)


def _sign_in(user: User) -> str:
    client = Client()
    client.force_login(user)
    session = client.session
    at = time.time()
    session["account_authentication_methods"] = [
        {"method": "password", "at": at, "email": user.email},
        {"method": "mfa", "at": at, "type": "totp", "reauthenticated": True},
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return str(session.session_key)
