"""What people defined, as the last part of a Markdown file: one JSON object a line, so that a line is a place.

Prose and tables are for people and are never read back. The block is ASCII, holds no backtick and no angle bracket,
and so cannot end early or hide signs, whatever it quotes (RFC 8259, section 7 allows the escapes).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

HEADING = "## Definitions"
INTRO = (
    "One definition a line. `programme_import` reads these lines and nothing above them, which is written from them "
    "and from what was measured."
)
MAX_LINE = 100_000
_HIDDEN = str.maketrans({"`": "\\u0060", "<": "\\u003c", ">": "\\u003e", "\x7f": "\\u007f"})


class DefinitionError(ValueError):
    """A line that cannot be read; `line` counts from 1."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line


def block(definitions: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The block, line by line."""
    yield f"\n{HEADING}\n\n{INTRO}\n\n```json\n"
    for each in definitions:
        yield line_of(each) + "\n"
    yield "```\n"


def line_of(definition: dict[str, Any]) -> str:
    r"""One definition as its line.

    >>> print(line_of({"name": "a`</details>"}))
    {"name": "a\u0060\u003c/details\u003e"}
    """
    return json.dumps(definition, ensure_ascii=True, separators=(", ", ": ")).translate(_HIDDEN)


def definitions_of(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each definition of a file with its line; DefinitionError at the first line that is none.

    >>> list(definitions_of("# X\\n" + "".join(block([{"a": 1}]))))
    [(8, {'a': 1})]
    """
    lines = text.split("\n")
    heads = [number for number, line in enumerate(lines) if line.rstrip() == HEADING]
    if not heads:
        raise DefinitionError(1, f"The file has no part “{HEADING[3:]}”: export it again, or leave it out.")
    opened = next((n for n in range(heads[-1], len(lines)) if lines[n].rstrip() == "```json"), None)
    if opened is None:
        raise DefinitionError(heads[-1] + 1, "After this heading a block that begins with ```json is missing.")
    for number in range(opened + 1, len(lines)):
        line = lines[number].rstrip()
        if line == "```":
            return
        if line:
            yield number + 1, _read(line, number + 1)
    raise DefinitionError(len(lines), "The block of definitions has no end: the file was cut.")


def _read(line: str, number: int) -> dict[str, Any]:
    if len(line) > MAX_LINE:
        raise DefinitionError(number, f"The line has over {MAX_LINE:,} signs.")
    try:
        found = json.loads(line, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise DefinitionError(number, f"The line is no JSON object: {type(error).__name__}.") from error
    if not isinstance(found, dict):
        raise DefinitionError(number, "The line is no JSON object.")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
