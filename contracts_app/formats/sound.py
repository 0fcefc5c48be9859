"""What formats need that say something about every field: a contract without errors."""

from __future__ import annotations

from contracts_app.domain.formats.notes import FormatError
from contracts_app.domain.model import Document
from contracts_app.formats.registry import Exportable


def document_of(version: Exportable) -> Document:
    """The typed contract; raises FormatError naming the first error of a draft that has one."""
    loaded = version.loaded
    if loaded.document is None or not loaded.ok:
        found = next(found for found in loaded.findings if found.is_error)
        raise FormatError(f"This draft has errors; mend the first one (line {found.line}): {found.message}")
    return loaded.document
