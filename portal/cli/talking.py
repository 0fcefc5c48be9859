"""What all commands share: their options for output, files of bounded size, and where the report goes."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from portal.cli import formats
from portal.cli.report import Outcome, Report

MAX_BYTES = 1024 * 1024  # a contract has no more (contracts_app.domain.source)


class Unreadable(Exception):
    """Something that the command needs cannot be had; the text says what and what to do."""


def parser(command: str, description: str) -> argparse.ArgumentParser:
    """A parser of one command; a wrong option exits with 2, as argparse does."""
    return argparse.ArgumentParser(f"custody {command}", description=description)


def add_output(parser: argparse.ArgumentParser) -> None:
    """`--format` and `--output`."""
    parser.add_argument("--format", choices=formats.names(), default="text", help="how the report is written")
    parser.add_argument(
        "--output", metavar="FILE", type=Path, help="write the report there, and text for people to standard output"
    )


def again(command: str, argv: Sequence[str]) -> str:
    """The exact command, as a shell takes it."""
    return shlex.join(["custody", command, *argv])


def content_of(name: str) -> bytes:
    """At most one byte more than may be read, so that a huge file is refused and not loaded; `-` is standard input."""
    try:
        if name == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise Unreadable(f"{name} cannot be read: {why}.") from error


def say(report: Report, options: argparse.Namespace) -> int:
    """Print the report as asked; returns the exit code."""
    if options.output is not None:
        try:
            options.output.write_text(formats.render(options.format, report) + "\n", encoding="utf-8")
        except OSError as error:
            return undecided(f"{options.output} cannot be written: {error.strerror}.", report.again)
    shown = formats.render("text" if options.output is not None else options.format, report)
    sys.stdout.write(shown + "\n")
    return report.outcome.value


def undecided(why: str, again: str = "") -> int:
    """Say on standard error why nothing could be decided; returns 2."""
    sys.stderr.write(f"custody: {why}\n" + (f"Run again: {again}\n" if again else ""))
    return Outcome.UNDECIDED.value
