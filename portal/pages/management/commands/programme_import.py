"""`manage.py programme_import DIR --as EMAIL`: takes the programme's files in, as one person may."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.core.identity.selectors import person_named
from portal.pages.programme.importing import import_tree
from portal.pages.programme.registry import Word
from portal.pages.programme.tree import TreeRefused, read_tree


class Command(BaseCommand):
    help = "Take a tree of the programme's files in. Contracts become drafts; nothing is ever signed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """From where, as whom, and how careful."""
        parser.add_argument("tree", type=Path, help="a folder, or the ZIP that the portal gives")
        parser.add_argument("--as", dest="email", required=True, help="who does it: their rights count")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")
        parser.add_argument("--skip-refused", action="store_true", help="keep the rest where something is refused")

    def handle(self, *, tree: Path, email: str, dry_run: bool, skip_refused: bool, **options: Any) -> None:
        """Say what became of each file and definition; exit 1 where nothing was kept because of a refusal."""
        del options
        user = person_named(email)
        if user is None:
            raise CommandError("Nobody who may sign in has this address.")
        try:
            found = read_tree(tree)
        except TreeRefused as error:
            raise CommandError(str(error)) from error
        report = import_tree(user=user, tree=found, dry_run=dry_run, skip_refused=skip_refused)
        for each in report.outcomes:
            self.stdout.write(str(each))
        counts = ", ".join(f"{number} {word}" for word, number in sorted(report.counts.items())) or "nothing in it"
        if not report.done and not dry_run:
            raise CommandError(f"{counts}. Nothing was kept: correct what is refused, or give --skip-refused.")
        self.stdout.write(f"{counts}.{' Nothing was kept: it was a dry run.' if dry_run else ''}")
        if dry_run and report.number(Word.REFUSED) and not skip_refused:
            raise CommandError("Done for good, this would keep nothing, because of what is refused.")
