"""Builds the demo estate."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from portal.demo.build import attestations, catalog, contracts, life, models, oncall, people, raci, runbooks, systems
from portal.demo.estate import oltp


class Command(BaseCommand):
    help = "Build the demo estate: its data, its people, its catalog and its contracts. May run again at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        steps = (
            ("data of the estate", oltp.build),
            ("people and tokens", people.build),
            ("catalog", catalog.build),
            ("lakehouse, loyalty, backups and the support desk", systems.build),
            ("attestations", attestations.build),
            ("contracts", contracts.build),
            ("contracts of the model", models.build),
            ("answers and subscriptions", life.build),
            ("rotations", oncall.build),
            ("runbooks", runbooks.build),
            ("RACI", raci.build),
        )
        for what, build in steps:
            began = time.monotonic()
            build()
            self.stdout.write(f"  {what}: {time.monotonic() - began:.1f} s")
