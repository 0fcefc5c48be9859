"""The console script `custody`: picks a command and imports only what it needs, never Django."""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from contracts_app.domain.collection import no_collection

COMMANDS = {
    "lint": ("portal.cli.commands.lint", "check a contract file"),
    "diff": ("portal.cli.commands.diff", "compare two contract files and say which version is needed"),
    "gate": ("portal.cli.commands.gate", "ask whether this pipeline may be deployed, by its custody.yaml"),
    "push": ("portal.cli.commands.push", "propose the exact bytes of a contract file to the portal"),
    "pull": ("portal.cli.commands.pull", "write the exact signed bytes of the active contracts"),
    "slos": ("portal.cli.commands.slos", "write the SLOs as OpenSLO, for Sloth, or as a catalog"),
    "resend": ("portal.cli.commands.resend", "send the lineage events that wait in a spool folder"),
    "verify": ("portal.core.evidence.verify", "check an evidence bundle without the portal"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 is pass, 1 fail, 2 could not decide."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in {"-h", "--help"}:
        sys.stdout.write(_usage())
        return 0 if arguments else 2
    if arguments[0] not in COMMANDS:
        sys.stderr.write(f"custody: there is no command “{arguments[0]}”.\n{_usage()}")
        return 2
    command: Callable[[list[str]], int] = import_module(COMMANDS[arguments[0]][0]).main
    with no_collection():  # a process of a moment
        return command(arguments[1:])


def _usage() -> str:
    lines = "\n".join(f"  {name:8} {text}" for name, (_, text) in COMMANDS.items())
    return f"usage: custody COMMAND …\n\n{lines}\n\n`custody COMMAND --help` says more.\n"
