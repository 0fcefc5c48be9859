"""Counts the demo's scoreboard and adds example days before it."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.core.clock.services import now
from portal.pages.scoreboard import counting, examples


class Command(BaseCommand):
    help = "Count the scoreboard now and fill in marked example days; only in the demo."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Example days are for the demo only (CUSTODY_DEMO=1): real days are counted.")
        made = examples.fill(counting.count(now()))
        self.stdout.write(f"The scoreboard was counted; {made} example days were added.")
