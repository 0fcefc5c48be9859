"""The console script `custody`: picks a command and imports only what it needs."""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module

COMMANDS = {
    "lint": ("contracts_app.domain.commands", "lint_main", "check a contract file"),
    "diff": (
        "contracts_app.domain.commands",
        "diff_main",
        "compare two contract files and say which version is needed",
    ),
    "verify": ("portal.core.evidence.verify", "main", "check an evidence bundle without the portal"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 is pass, 1 fail, 2 could not decide."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in {"-h", "--help"}:
        _out(_usage())
        return 0 if arguments else 2
    if arguments[0] not in COMMANDS:
        sys.stderr.write(f"custody: there is no command “{arguments[0]}”.\n{_usage()}")
        return 2
    module, function, _ = COMMANDS[arguments[0]]
    command: Callable[[list[str]], int] = getattr(import_module(module), function)
    return command(arguments[1:])


def _usage() -> str:
    lines = "\n".join(f"  {name:8} {text}" for name, (_, _, text) in COMMANDS.items())
    return f"usage: custody COMMAND …\n\n{lines}\n\n`custody COMMAND --help` says more.\n"


def _out(text: str) -> None:
    sys.stdout.write(text)


if __name__ == "__main__":
    sys.exit(main())
