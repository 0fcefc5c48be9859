"""`manage.py programme_export DIR`: the programme's own files, written from live data."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.core.evidence.services import record
from portal.core.identity.actors import system_actor
from portal.pages.programme.evidence_kinds import EXPORTED
from portal.pages.programme.exporting import ExportRefused, export_folder, scene_now, strangers


class Command(BaseCommand):
    help = "Write contracts, lineage, SLO catalog, deletion procedure and runbooks into a folder, for a repository."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder: Path, **options: Any) -> None:
        """Write every file, say which are new, and what in the folder is not the portal's."""
        del options
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise CommandError(f"{folder} is no folder.")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            written = export_folder(folder, scene_now())
        except (ExportRefused, OSError) as error:
            raise CommandError(str(error)) from error
        with transaction.atomic():
            payload: dict[str, str | int] = {"tree": written.tree, "files": len(written.files)}
            record(EXPORTED, actor=system_actor("programme.export"), payload=payload)
        for path in written.files:
            self.stdout.write(f"{'same   ' if path in written.same else 'written'}  {path}")
        for path in strangers(folder, written):
            self.stderr.write(f"stays    {path}  The portal has no such contract; remove the file if it is over.")
        self.stdout.write(f"{len(written.files)} files, together {written.tree}")
