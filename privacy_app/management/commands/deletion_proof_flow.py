"""`manage.py deletion_proof_flow FILE`: the procedure as a file, or a check that one is up to date."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from privacy_app.services.procedure import as_markdown


class Command(BaseCommand):
    help = "Write the procedure of deletion proofs from the code, or check that a file still says the same."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where, and whether to look only."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when the file is out of date")

    def handle(self, *args: Any, file: Path, check: bool, **options: Any) -> None:
        """Write or compare."""
        del args, options
        text = as_markdown()
        if check:
            if not file.is_file() or file.read_text("utf-8") != text:
                raise CommandError(f"{file} does not say what the code does. Write it anew: deletion_proof_flow {file}")
            self.stdout.write(f"{file} is up to date.")
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        self.stdout.write(f"Written: {file}")
