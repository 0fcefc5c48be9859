"""What a person hands to the import page: a text, a file, a table or a dataset, made into a draft to look at."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from contracts_app import selectors
from contracts_app.domain.document import Loaded, load
from contracts_app.domain.findings import Finding
from contracts_app.domain.formats.notes import ADD, KEPT, LEFT, READ, FormatError, Imported
from contracts_app.domain.source import MAX_BYTES
from contracts_app.formats.imports.parquet_file import MAX_BYTES as MAX_FILE_BYTES
from contracts_app.formats.registry import ImportFormat, detected, import_named, imports

GROUPS = (
    (ADD, "To add by hand"),
    (LEFT, "Not carried over"),
    (READ, "Read in another way"),
    (KEPT, "Kept without being enforced"),
)
HOUSE = "custody_yaml"


@dataclass(slots=True)
class Preview:
    """A draft before it is saved: its text, its exact bytes where the text area would change them, and what to say."""

    text: str
    format: ImportFormat | None = None
    exact: str = ""
    notes: list[tuple[str, list[str]]] = field(default_factory=list)

    @property
    def loaded(self) -> Loaded:
        """The draft as lint reads it."""
        return load(self.text)

    @property
    def findings(self) -> list[Finding]:
        """What lint says of it."""
        return self.loaded.findings


def preview_of(user: Any, posted: QueryDict, files: Any) -> Preview:
    """The draft of what was chosen; raises FormatError with a sentence, Http404 for a table of another team."""
    source = posted.get("from", "text")
    if source == "table":
        chosen = import_named("live_table")
        return _preview(chosen, chosen.read(selectors.placement_to_import(user, _number(posted, "placement"))))
    if source == "dataset":
        chosen = import_named("lineage_dataset")
        return _preview(chosen, chosen.read(selectors.dataset_to_import(user, _number(posted, "dataset"))))
    content = _content(posted, files)
    asked = posted.get("format", "")
    chosen_format = import_named(asked) if asked else _detect(content)
    if chosen_format.needs not in ("text", "file"):
        raise FormatError(f"{chosen_format.label} is no file; choose it above.")
    imported = chosen_format.read(content)
    exact = base64.b64encode(content).decode() if chosen_format.key == HOUSE and b"\r" in content else ""
    return _preview(chosen_format, imported, exact)


def edited(posted: QueryDict) -> bytes:
    """The bytes to save: the text of the area, or the file's own bytes where nobody changed the text."""
    text = _newlines(posted.get("text", ""))
    try:
        exact = base64.b64decode(posted.get("exact", ""), validate=True)
    except (binascii.Error, ValueError):
        return text.encode()
    return exact if _newlines(exact.decode("utf-8", "replace")).removeprefix("\ufeff") == text else text.encode()


def formats_to_choose() -> list[ImportFormat]:
    """The formats that a file or a text can be."""
    return [each for each in imports().values() if each.needs in ("text", "file")]


def is_house(content: bytes) -> bool:
    """Whether the bytes are the house format, or nothing else that we know, so that its own check may speak."""
    found = detected("", content)
    return found is None or found.key == HOUSE


def content_of(posted: QueryDict, files: Any) -> bytes:
    """The bytes of the uploaded file, or of the pasted text."""
    return _content(posted, files)


def _content(posted: QueryDict, files: Any) -> bytes:
    upload = files.get("file")
    if upload is None:
        content = _newlines(posted.get("text", "")).encode("utf-8", "replace")
    else:
        content = bytes(upload.read(MAX_FILE_BYTES + 1))
    if not content.strip():
        raise FormatError("Choose a file or paste the text of a contract.")
    if len(content) > MAX_BYTES and not content.startswith(b"PAR1"):
        raise FormatError(f"The file has {len(content):,} bytes; at most {MAX_BYTES:,} (1 MiB) are read.")
    return content


def _detect(content: bytes) -> ImportFormat:
    return detected("", content) or import_named(HOUSE)


def _preview(chosen: ImportFormat, imported: Imported, exact: str = "") -> Preview:
    groups = [(title, [note.text for note in imported.notes if note.kind == kind]) for kind, title in GROUPS]
    return Preview(imported.text, chosen, exact, [group for group in groups if group[1]])


def _number(posted: QueryDict, key: str) -> int:
    value = posted.get(key, "")
    if not value.isdecimal() or len(value) > 18:
        raise FormatError("Choose one from the list.")
    return int(value)


def _newlines(text: str) -> str:
    """Browsers send a textarea's lines with CR LF; the author wrote LF."""
    return text.replace("\r\n", "\n")
