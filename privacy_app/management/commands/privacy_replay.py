"""Replay the suppression list on a system that was restored, before anybody uses it."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.core.catalog import selectors as catalog
from portal.core.clock.services import now
from portal.core.identity.actors import system_actor
from privacy_app.models import Restore
from privacy_app.services import restoring
from privacy_app.services.lifecycle import RequestRefused

ACTOR = system_actor("privacy.replay")


class Command(BaseCommand):
    """Exit code 0 only where nobody on the list is left in the system."""

    help = "Replay the suppression list on a restored system; with --live, let it go live where nobody is left."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--system", required=True, help="name of the system in the catalog")
        parser.add_argument("--taken-at", help="moment of the backup, RFC 3339; without it all tokens count")
        parser.add_argument("--live", action="store_true", help="mark the system live when nobody is left")

    def handle(self, *args: Any, **options: Any) -> None:
        restore = self._noted(options)
        restoring.run(restore)
        self.stdout.write(f"{restore.system.name}: {restore.sentence}")
        if restore.state != Restore.State.REPLAYED:
            raise CommandError("The system may not go live. Put it right, then run this again.")
        if options["live"]:
            self._go_live(restore)

    def _noted(self, options: dict[str, Any]) -> Restore:
        system = next((each for each in catalog.systems() if each.name == options["system"]), None)
        if system is None:
            raise CommandError(f"The catalog has no system called {options['system']}.")
        return restoring.begin(system=system, taken_at=self._moment(options["taken_at"]))

    def _moment(self, text: str | None) -> datetime | None:
        if not text:
            return None
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise CommandError("--taken-at must be RFC 3339, such as 2026-11-20T02:00:00Z.") from None
        if at.tzinfo is None or at > now():
            raise CommandError("--taken-at needs its zone, and cannot be in the future.")
        return at

    def _go_live(self, restore: Restore) -> None:
        try:
            restoring.go_live(actor=ACTOR, restore_id=restore.pk)
        except RequestRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{restore.system.name} may be used again.")
