"""The house format itself: its bytes are kept exactly as they are."""

from __future__ import annotations

from contracts_app.domain.document import load
from contracts_app.domain.formats.notes import FormatError, Imported
from contracts_app.formats.registry import import_format


@import_format(
    "custody_yaml",
    label="Contract in YAML",
    hint="A contract in the house format; its bytes are kept exactly as they are.",
    needs="text",
    detects=lambda _name, content: (
        content[:1] != b"{" and b"\nschema:" in b"\n" + content and b"apiVersion" not in content
    ),
    order=10,
)
def from_yaml(content: bytes) -> Imported:
    """The text as it is; what the check finds is shown beside it."""
    loaded = load(content)
    if loaded.source.root is None:
        found = loaded.findings[0]
        raise FormatError(f"Line {found.line}: {found.message}")
    return Imported(content.decode("utf-8").removeprefix("\ufeff"), [])
