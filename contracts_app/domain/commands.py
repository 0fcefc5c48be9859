"""`custody lint FILE` and `custody diff OLD NEW`: the portal's own rules in any CI, without Django.

Exit codes: 0 pass, 1 fail, 2 could not decide (a file is missing or cannot be read as a contract).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from contracts_app.domain.compare import Comparison, compare_loaded
from contracts_app.domain.document import Loaded, load
from contracts_app.domain.source import MAX_BYTES

PASS, FAIL, UNDECIDED = 0, 1, 2


def lint_main(argv: Sequence[str]) -> int:
    """Check contract files (`-` reads standard input); prints `file:line:column: reason`."""
    parser = argparse.ArgumentParser("custody lint", description="Check contract files.")
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options = parser.parse_args(argv)
    loaded: dict[str, Loaded] = {}
    for name in options.files:
        content = _content(name)
        if content is None:
            return UNDECIDED
        loaded[name] = load(content)
    _say(json.dumps(_lint_report(loaded), indent=2) if options.format == "json" else _lint_text(loaded))
    return PASS if all(one.ok for one in loaded.values()) else FAIL


def diff_main(argv: Sequence[str]) -> int:
    """Compare two contract files; fails where the declared version is too small for the changes."""
    parser = argparse.ArgumentParser("custody diff", description="Compare two versions of a contract.")
    parser.add_argument("old", metavar="OLD")
    parser.add_argument("new", metavar="NEW")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options = parser.parse_args(argv)
    pair = [_readable(name) for name in (options.old, options.new)]
    if pair[0] is None or pair[1] is None:
        return UNDECIDED
    verdict = compare_loaded(pair[0], pair[1])
    _say(json.dumps(verdict.as_dict(), indent=2) if options.format == "json" else _diff_text(verdict, options.new))
    return PASS if verdict.ok else FAIL


def _content(name: str) -> bytes | None:
    """At most one byte more than may be read, so that a huge file is refused and not loaded."""
    try:
        if name == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        print(f"custody: {name} cannot be read: {error.strerror}.", file=sys.stderr)  # noqa: T201  (a command's output)
        return None


def _readable(name: str) -> Loaded | None:
    content = _content(name)
    if content is None:
        return None
    loaded = load(content)
    if loaded.ok:
        return loaded
    print(f"custody: {name} is not a valid contract, so nothing was compared.", file=sys.stderr)  # noqa: T201
    print(_lint_text({name: loaded}), file=sys.stderr)  # noqa: T201
    return None


def _lint_text(loaded: dict[str, Loaded]) -> str:
    lines = []
    for name, one in loaded.items():
        for found in one.findings:
            fix = f" [fix: {found.fix.label}]" if found.fix else ""
            lines.append(f"{name}:{found.line}:{found.column}: {found.severity}: {found.message}{fix} ({found.code})")
        lines.append(f"{name}: {'passes' if one.ok else 'fails'}{f', {one.digest}' if one.digest else ''}")
    return "\n".join(lines)


def _lint_report(loaded: dict[str, Loaded]) -> dict[str, object]:
    files = [
        {"file": name, "ok": one.ok, "digest": one.digest, "findings": [found.as_dict() for found in one.findings]}
        for name, one in loaded.items()
    ]
    return {"ok": all(one.ok for one in loaded.values()), "files": files}


def _diff_text(verdict: Comparison, new: str) -> str:
    lines = []
    for one in verdict.changes:
        gates = f" (gates: {' '.join(one.gates)})" if one.gates else ""
        lines.append(f"{new}:{one.line or 1}: {one.bump}: {one.path}: {one.message}{gates}")
    lines.append(f"Required bump: {verdict.required_bump}; declared: {verdict.declared_bump}.")
    if not verdict.ok:
        lines.append(f"The declared version is too small: it must be at least {verdict.needed_version}.")
    return "\n".join(lines) if verdict.changes else "No differences.\n" + "\n".join(lines)


def _say(text: str) -> None:
    print(text)  # noqa: T201  (a command's output)
