"""Makes the demo's people, teams and roles, and the file that says how they sign in."""

import json
import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings

from portal.core.catalog import services as catalog
from portal.core.clock.services import now
from portal.core.identity.actors import system_actor
from portal.core.identity.models import Membership, ServiceToken, Team, User
from portal.core.identity.services.people import add_person, add_team
from portal.core.identity.services.roles import give_role
from portal.core.identity.tokens import issue
from portal.demo.build.cast import ADDRESSES, PEOPLE, TEAMS, Person

BUILDER = "demo.builder"
SCOPES = (
    "lineage:write",
    "gate:read",
    "alerts:write",
    "throttle:read",
    "contracts:read",
    "contracts:write",
    "contracts:test",
    "privacy:intake",
    "suppression:check",
    "evidence:read",
    "metrics:read",
    "slos:read",
)


def file() -> Path:
    """Where the sign-ins are written (mode 0600)."""
    return Path(settings.VAR_DIR) / "demo.json"


def kept() -> dict[str, Any]:
    """What an earlier build wrote, or nothing."""
    return json.loads(file().read_text()) if file().exists() else {"people": [], "tokens": {}}


def build() -> None:
    """Make who is missing, and write `demo.json`."""
    actor = system_actor(BUILDER)
    teams = {slug: _team(slug, name) for slug, name in TEAMS.items()}
    known = {each["email"]: each for each in kept()["people"]}
    people = [_person(each, known.get(each.email), teams) for each in PEOPLE]
    for text, team, kind in ADDRESSES:
        catalog.add_team_address(text=text, team=teams[team], kind=kind)
    tokens = kept()["tokens"]
    for scope in SCOPES:
        if scope not in tokens or not ServiceToken.objects.filter(name=f"demo {scope}").exists():
            tokens[scope] = issue(
                actor=actor,
                name=f"demo {scope}",
                scopes=[scope],
                namespaces=["*"],
                expires_at=now() + timedelta(days=365),
            )[1]
    _write({"base_url": settings.BASE_URL, "people": people, "tokens": tokens})


def _team(slug: str, name: str) -> Team:
    return Team.objects.filter(slug=slug).first() or add_team(actor=system_actor(BUILDER), slug=slug, name=name)


def _person(person: Person, known: dict[str, Any] | None, teams: dict[str, Team]) -> dict[str, Any]:
    """Make one person with password and one-time codes; a second build keeps both."""
    user = User.objects.filter(email=person.email).first()
    if user is None or known is None:
        known = {"password": secrets.token_urlsafe(12), "totp_secret": generate_totp_secret()}
        user = user or add_person(actor=system_actor(BUILDER), email=person.email, name=person.name)
        user.set_password(known["password"])
        user.save(update_fields=["password"])
        _can_sign_in(user, known["totp_secret"])
    for role, team in person.roles:
        held = Membership.objects.filter(user=user, role=role, team=teams[team] if team else None).exists()
        if not held:
            give_role(actor=system_actor(BUILDER), user=user, role=role, team=teams[team] if team else None)
    return {
        "name": person.name,
        "email": person.email,
        "password": known["password"],
        "totp_secret": known["totp_secret"],
        "roles": [role.value for role, _ in person.roles],
    }


def _can_sign_in(user: User, totp_secret: str) -> None:
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    Authenticator.objects.update_or_create(
        user=user,
        type=Authenticator.Type.TOTP,
        defaults={"data": {"secret": get_adapter().encrypt(totp_secret)}},
    )


def _write(content: dict[str, Any]) -> None:
    partial = file().with_suffix(f".{os.getpid()}")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(content, indent=2))
    os.replace(partial, file())
