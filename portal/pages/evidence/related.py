"""What stands beside an entry: other entries about the same thing, and the files that it names by digest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.core.evidence import search
from portal.core.evidence.domain.canonical import is_digest
from portal.core.evidence.models import Artifact, Entry, Expiry
from portal.core.evidence.selectors import held_digests, stored_files
from portal.pages.evidence.selectors import visible_entries

REFERENCES = ("request", "incident", "contract", "slo", "system", "asset", "token", "drill", "pack", "digest")
"""The fields that name what an entry is about, the most telling first."""
SHOWN = 20


@dataclass(frozen=True)
class File:
    """A stored file: until when it is kept, whether it is on hold, and when its bytes went."""

    artifact: Artifact
    held: bool
    expiry: Expiry | None


def reference_of(entry: Entry) -> str:
    """What the entry is about, as other entries name it; "" where its kind names nothing."""
    found = (entry.payload.get(name) for name in REFERENCES)
    return next((value for value in found if isinstance(value, str) and value), "")


def related_to(user: Any, entry: Entry) -> list[Entry]:
    """Other entries about the same thing that the person may read, newest first."""
    about = reference_of(entry)
    if not about:
        return []
    found = search.with_value(visible_entries(user), about).exclude(pk=entry.pk)
    return list(search.newest_first(found)[:SHOWN])


def files_of(entry: Entry) -> list[File]:
    """The stored files that the entry's payload names."""
    digests = {value for value in entry.payload.values() if isinstance(value, str) and is_digest(value)}
    stored = stored_files(digests)
    held = held_digests({each.digest for each in stored})
    gone = {row.digest: row for row in Expiry.objects.filter(digest__in=[each.digest for each in stored])}
    return [File(each, each.digest in held, gone.get(each.digest)) for each in stored]
