"""Markdown, for a wiki or a pull request."""

from __future__ import annotations

from collections.abc import Mapping

from contracts_app.domain.formats.markdown import to_markdown
from contracts_app.domain.formats.notes import FormatError
from contracts_app.formats.registry import Exportable, export_format


@export_format(
    "markdown",
    label="Markdown",
    hint="The contract as tables for a wiki or a pull request.",
    media_type="text/markdown; charset=utf-8",
    suffix=".md",
    order=40,
)
def to_text(version: Exportable, _options: Mapping[str, str]) -> bytes:
    """Every promise of the contract with its hash and state."""
    loaded = version.loaded
    if loaded.document is None or loaded.digest is None:
        raise FormatError("This draft cannot be read as a contract; mend its YAML first.")
    return to_markdown(loaded.document, loaded.digest, state=version.state).encode()
