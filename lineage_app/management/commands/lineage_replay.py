"""`manage.py lineage_replay`: take in a file of OpenLineage events, one a line."""

import sys
import time
from argparse import ArgumentParser
from contextlib import AbstractContextManager, nullcontext
from io import BufferedReader
from pathlib import Path
from typing import Any, cast

from django.core.management.base import BaseCommand, CommandError

from lineage_app.services.ingest import Token
from lineage_app.services.replaying import Everywhere, Replayed, record_replay, replay, unpacked
from portal.core.identity.actors import system_actor
from portal.core.identity.selectors import tokens_called

TOLD_AT_MOST = 100
_TELL_EVERY_S = 2.0


class Command(BaseCommand):
    help = (
        "Takes in OpenLineage events from a file of one event a line (NDJSON), plain or gzipped, or from standard "
        "input (-). Events that are known already change nothing: run it again where it was stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the file, or - for standard input")
        parser.add_argument("--token", help="name of the service token in whose name the events come; its namespaces "
                            "decide what is foreign. Without it they come from the portal itself")  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="say what would be kept, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        token, dry, done = _token(options["token"]), options["dry_run"], Replayed()
        self._told_at, self._refused = time.monotonic(), 0
        try:
            with _opened(options["file"]) as stream:
                for done in replay(unpacked(stream), token=token, on_refused=self._tell_refused, dry_run=dry):
                    self._tell(done)
        except (OSError, EOFError) as error:
            raise CommandError(
                f"The file cannot be read beyond line {done.lines}: {error}. What came before is kept; "
                "run this again with the whole file."
            ) from error
        finally:
            if done.kept and not dry:
                record_replay(done, actor=system_actor("lineage.replay"), token=options["token"] or "none")
        self.stdout.write(_summary(done, dry=dry))
        if done.refused:
            raise CommandError(f"{done.refused} lines were refused; the others are {'good' if dry else 'kept'}.")

    def _tell(self, done: Replayed) -> None:
        if time.monotonic() - self._told_at >= _TELL_EVERY_S:
            self._told_at = time.monotonic()
            self.stderr.write(f"line {done.lines}: {done.kept} kept, {done.known} known, {done.refused} refused")

    def _tell_refused(self, line: int, sentence: str) -> None:
        self._refused += 1
        if self._refused <= TOLD_AT_MOST:
            self.stderr.write(f"line {line}: {sentence}")
        elif self._refused == TOLD_AT_MOST + 1:
            self.stderr.write("further refused lines are only counted")


def _opened(name: str) -> AbstractContextManager[BufferedReader]:
    return nullcontext(cast("BufferedReader", sys.stdin.buffer)) if name == "-" else Path(name).open("rb")


def _token(name: str | None) -> Token:
    if name is None:
        return Everywhere()
    found = tokens_called(name)
    if len(found) != 1:
        many = f"{len(found)} service tokens are" if found else "No service token is"
        raise CommandError(f"{many} called {name!r}: give the name, or the beginning of the token, of exactly one.")
    return found[0]


def _summary(done: Replayed, *, dry: bool) -> str:
    words = "would be kept" if dry else "kept"
    return (
        f"{done.lines} lines: {done.kept} {words}, {done.known} known already, {done.refused} refused; "
        f"{done.lenient} lenient, {done.foreign} foreign"
    )
