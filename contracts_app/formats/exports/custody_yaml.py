"""The authored bytes: what was proposed and signed, comments included."""

from __future__ import annotations

from collections.abc import Mapping

from contracts_app.formats.registry import Exportable, export_format


@export_format(
    "custody_yaml",
    label="YAML",
    hint="The exact bytes that were proposed and signed, comments included. This is the file for your repository.",
    media_type="application/yaml",
    suffix=".yaml",
    order=0,
)
def to_yaml(version: Exportable, _options: Mapping[str, str]) -> bytes:
    """The text as its author wrote it."""
    return version.loaded.source.text.encode("utf-8", "replace")
