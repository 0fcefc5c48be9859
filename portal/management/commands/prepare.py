"""Brings an installation to where it can be served: database, static files and, with the demo, its estate."""

import hashlib
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

# The browsable API's and the older htmx's files are never served.
LEFT_OUT = ["rest_framework", "*.map"]


class Command(BaseCommand):
    help = "Migrate, collect static files and build the demo, each only where something is to do."

    def handle(self, *args: Any, **options: Any) -> None:
        self._step("bringing the database up to date", self._migrate)
        self._step("collecting the static files", self._collect)
        if settings.DEMO:
            self.stdout.write("custody: building the demo estate …")
            call_command("demo_build", stdout=self.stdout)

    def _step(self, what: str, do: Any) -> None:
        began = time.monotonic()
        if do():
            self.stdout.write(f"custody: {what} took {time.monotonic() - began:.1f} s")

    def _migrate(self) -> bool:
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        call_command("migrate", interactive=False, verbosity=0)
        return True

    def _collect(self) -> bool:
        stamp = Path(settings.VAR_DIR) / "static.stamp"
        wanted = _fingerprint([Path(d) for d in settings.STATICFILES_DIRS])
        if stamp.exists() and stamp.read_text() == wanted and Path(settings.STATIC_ROOT).is_dir():
            return False
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=LEFT_OUT)
        stamp.write_text(wanted)
        return True


def _fingerprint(folders: list[Path]) -> str:
    """Names, sizes and times of our own files, and the lock file that pins everybody else's."""
    files = [f for folder in folders for f in sorted(folder.rglob("*")) if f.is_file()]
    files.append(settings.BASE_DIR / "requirements" / "server.txt")
    told = "\n".join(f"{f} {f.stat().st_size} {f.stat().st_mtime_ns}" for f in files if f.exists())
    return hashlib.sha256(told.encode()).hexdigest()
