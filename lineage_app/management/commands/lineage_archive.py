"""`manage.py lineage_archive`: move months beyond retention to archives, or remove archives for good."""

from argparse import ArgumentParser
from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lineage_app.models import RawEvent
from lineage_app.services import archive_old, due_months, remove_archives
from lineage_app.services.archives import ArchiveBusy
from lineage_app.services.pruning import HorizonRefused
from portal.core.clock.services import now
from portal.core.identity.actors import system_actor


class Command(BaseCommand):
    help = (
        "Moves the lineage events of months beyond retention (CUSTODY_LINEAGE_RETENTION_DAYS) from the database to "
        "archives. Stopped at any point it loses nothing: run it again. With --remove-before it removes the archives "
        "of earlier months for good, and the horizon moves."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be archived, and change nothing")
        parser.add_argument("--remove-before", metavar="YYYY-MM", help="remove the archives of the months before")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["remove_before"]:
                self._remove(_month(options["remove_before"]), dry=options["dry_run"])
            else:
                self._archive(dry=options["dry_run"])
        except (ArchiveBusy, HorizonRefused) as error:
            raise CommandError(str(error)) from error

    def _archive(self, *, dry: bool) -> None:
        if not dry:
            done = archive_old(now(), said=self.stdout.write)
            self.stdout.write(f"{len(done)} months archived")
            return
        for month in due_months(now()):
            count = RawEvent.objects.filter(event_month=month).count()
            self.stdout.write(f"{month:%Y-%m}: {count} events would be archived")

    def _remove(self, before: date, *, dry: bool) -> None:
        if dry:
            raise CommandError("--dry-run says what would be archived: it does not go with --remove-before.")
        gone = remove_archives(before, actor=system_actor("lineage.archive"), at=now())
        self.stdout.write(f"{gone} archives removed; lineage is known from {before} on")


def _month(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise CommandError(f"{text!r} is no month: write it as 2024-07.") from error
