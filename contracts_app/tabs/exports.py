"""The tab from which a version leaves the portal in other formats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest

from contracts_app import selectors
from contracts_app.domain.formats.notes import FormatError
from contracts_app.formats.registry import ExportFormat, exports
from contracts_app.models import StoredExport, Version
from contracts_app.tabs import tab

REMEMBERED_S = 24 * 3600


@dataclass(slots=True)
class Row:
    """One format of the menu: its size in bytes where it can be made, else the sentence that says why not."""

    format: ExportFormat
    size: int = 0
    problem: str = ""
    stored: StoredExport | None = None


@tab(key="exports", title="Export", order=80, template="contracts_app/tabs/exports.html")
def exports_tab(_request: HttpRequest, version: Version) -> dict[str, Any]:
    """Every format with what it is, how large it is, and the way to get it."""
    rows = [_stored(version, each) if each.stored else _at_once(version, each) for each in exports().values()]
    return {"rows": rows}


def _stored(version: Version, chosen: ExportFormat) -> Row:
    found = selectors.stored_export(version, chosen.key) if version.loaded.digest else None
    problem = "" if version.loaded.digest else "This draft cannot be read as a contract; mend its YAML first."
    return Row(chosen, found.size if found else 0, problem or (found.problem if found else ""), found)


def _at_once(version: Version, chosen: ExportFormat) -> Row:
    """Sizes are remembered by hash and state: they change with nothing else."""
    key = f"contracts.export.{chosen.key}.{version.pk}.{version.token}.{version.state}.{version.digest}"
    known = cache.get(key)
    if known is None:
        known = _measured(version, chosen)
        cache.set(key, known, REMEMBERED_S)
    return Row(chosen, *known)


def _measured(version: Version, chosen: ExportFormat) -> tuple[int, str]:
    try:
        return len(chosen.make(version, chosen.chosen({}))), ""
    except FormatError as refused:
        return 0, str(refused)
