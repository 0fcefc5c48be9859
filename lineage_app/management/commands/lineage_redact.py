"""`manage.py lineage_redact`: take a person's identifiers out of lineage."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lineage_app.domain.redaction import IdentifierRefused
from lineage_app.services import mentions, redact, vacuum
from lineage_app.services.archives import ArchiveBusy
from portal.core.identity.actors import system_actor


class Command(BaseCommand):
    help = (
        "Takes a person's identifiers out of every lineage event, archive and row. Identifiers are read from standard "
        "input, one a line, since everybody on the machine can see a command's arguments. Stopped at any point, run "
        "it again: it goes on, and a last run finds nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reference", required=True, help="for what: the number of the request, no identifier")
        parser.add_argument("--count", action="store_true", help="say how much holds an identifier, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        identifiers = [line.strip() for line in sys.stdin if line.strip()]
        try:
            if options["count"]:
                found = mentions(identifiers)
                self.stdout.write(
                    f"{found.events} events, {found.archived} archived events and {found.rows} rows found"
                )
                return
            said = self.stderr.write if options["verbosity"] > 1 else str
            done = redact(
                identifiers, actor=system_actor("lineage.redaction"), reference=options["reference"], said=said
            )
        except (ArchiveBusy, IdentifierRefused, ValueError) as error:
            raise CommandError(str(error)) from error
        vacuum()
        self.stdout.write(f"{done.events} events, {done.archives} archives and {done.rows} rows redacted")
