"""`manage.py lineage_rebuild`: derive the graph anew from the raw events and the archives."""

from typing import Any

from django.core.management.base import BaseCommand

from lineage_app.services import rebuild

_EVERY = 10_000


class Command(BaseCommand):
    help = (
        "Derives the lineage graph anew from the raw events and the archives, while ingest goes on. Pages show the "
        "old graph until it is done; a run that is stopped changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self._said = 0
        self.stdout.write(f"rebuilt from {rebuild(self._progress)} runs and static statements")

    def _progress(self, done: int) -> None:
        if done - self._said >= _EVERY:
            self._said = done
            self.stdout.write(f"{done} runs and static statements so far")
