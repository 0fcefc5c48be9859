"""`manage.py add_person EMAIL NAME --role administrator`: the first account of an installation."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.core.identity.actors import system_actor
from portal.core.identity.models import Team, User
from portal.core.identity.roles import Role
from portal.core.identity.services import add_person, give_role


class Command(BaseCommand):
    """Adds a person with a password and a role, for when nobody can do it on the pages yet."""

    help = "Add a person. The password is asked for, or read from standard input where that is no terminal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who, and in which role."""
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--role", choices=list(Role), default=Role.ADMINISTRATOR.value)
        parser.add_argument("--team", help="short name of the team, for roles that are held in one")

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        """Add the person and give the role, or say what is wrong and change nothing."""
        if User.objects.filter(email__iexact=options["email"]).exists():
            raise CommandError("Somebody signs in with this address already.")
        actor = system_actor("identity.add_person")
        try:
            password = _password(User(email=options["email"], name=options["name"]))
            user = add_person(actor=actor, email=options["email"], name=options["name"], password=password)
            give_role(actor=actor, user=user, role=Role(options["role"]), team=_team(options["team"]))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write("Added. Sign in, then set up one-time codes under Security: binding acts ask for them.")


def _password(user: User) -> str:
    password = getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    validate_password(password, user)
    return password


def _team(slug: str | None) -> Team | None:
    if slug is None:
        return None
    team = Team.objects.filter(slug=slug).first()
    if team is None:
        raise CommandError(f"No team has the short name {slug}. Add it on the page People first.")
    return team
