"""`manage.py lineage_rebuild`: derive the graph anew from the raw events and the archives."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lineage_app.services import rebuild
from lineage_app.services.archives import ArchiveBusy

_EVERY = 10_000


class Command(BaseCommand):
    help = (
        "Derives the lineage graph anew from the raw events and the archives, in place, while ingest goes on. It may "
        "be stopped at any time: what is not done yet stays as it was, and the next one begins again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self._said = 0
        try:
            done = rebuild(self._progress)
        except ArchiveBusy as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"rebuilt from {done} runs and static statements")

    def _progress(self, done: int) -> None:
        if done - self._said >= _EVERY:
            self._said = done
            self.stdout.write(f"{done} runs and static statements so far")
