"""`manage.py rotate_evidence_key`: another signing key, announced under the present one first."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.core.evidence import keys
from portal.core.evidence.actors import Actor
from portal.core.evidence.services import RotationRefused, announce, rotate

OPERATOR = Actor("system:evidence.rotation", "system")


class Command(BaseCommand):
    help = "Make a new Ed25519 key for checkpoints and proofs. Old public keys stay; processes need no restart."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One option, for keys that the operator keeps elsewhere."""
        parser.add_argument(
            "--announce",
            metavar="NEW.pem",
            type=Path,
            help="with EVIDENCE_KEY_FILE: only name the new key in the ledger, before you put it in its place",
        )

    def handle(self, *args: Any, announce: Path | None = None, **options: Any) -> None:
        """Rotate or announce, and print the fingerprints to compare."""
        del args, options
        try:
            self._change(announce)
        except RotationRefused as refused:
            raise CommandError(str(refused)) from refused

    def _change(self, coming: Path | None) -> None:
        if coming is not None:
            new = announce(coming, actor=OPERATOR)
            self.stdout.write(f"Announced: {new}. Put the file in the place of the present key now.")
            return
        old, new = rotate(actor=OPERATOR)
        self.stdout.write(f"Signed until now: {old}\nSigns from now:   {new}\nIn use: {keys.server_key().key_id}")
