"""`manage.py lineage_hash`: print the digest of the graph."""

from typing import Any

from django.core.management.base import BaseCommand

from lineage_app.selectors import graph_digest


class Command(BaseCommand):
    help = "Prints the graph's hash: equal for equal sets of events, whatever their order and number."

    def handle(self, *args: Any, **options: Any) -> None:
        del args, options
        self.stdout.write(graph_digest())
