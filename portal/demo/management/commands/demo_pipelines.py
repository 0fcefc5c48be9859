"""Runs the estate's pipelines once, by hand."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.demo.pipelines import schedule


class Command(BaseCommand):
    help = "Run the demo's pipelines once; they tell the portal over HTTP what they moved."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from-latest-success", action="store_true", help="only what came since the last run that succeeded"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        ran = schedule.run_all(from_latest_success=options["from_latest_success"])
        self.stdout.write("Every step ran." if ran else "A run is under way already; nothing was done.")
