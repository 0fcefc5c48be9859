"""`manage.py lineage_rebuild`: derive the graph anew from the raw events."""

from typing import Any

from django.core.management.base import BaseCommand

from lineage_app.services import rebuild


class Command(BaseCommand):
    help = "Derives the lineage graph anew from the raw events, while ingest goes on."

    def handle(self, *args: Any, **options: Any) -> None:
        del args, options
        self.stdout.write(f"rebuilt from {rebuild()} runs and static statements")
