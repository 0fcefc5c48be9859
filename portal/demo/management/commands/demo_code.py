"""Prints the present one-time code of a demo person."""

import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.demo.build import people


class Command(BaseCommand):
    help = "Print the present TOTP code of one of the demo's people."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        secrets = {each["email"]: each["totp_secret"] for each in people.kept()["people"]}
        if options["email"] not in secrets:
            raise CommandError(f"Nobody of the demo has that address. There are: {', '.join(sorted(secrets))}.")
        self.stdout.write(code_of(secrets[options["email"]]))


def code_of(secret: str) -> str:
    """The code of the present half minute (RFC 6238)."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
