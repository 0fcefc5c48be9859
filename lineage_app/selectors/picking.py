"""Finding the one dataset that somebody means by a name, a number or a part of a name."""

from typing import NamedTuple

from django.db.models import Q

from lineage_app.domain.names import Name
from lineage_app.models import Dataset

OFFERED = 20


class Picked(NamedTuple):
    """The dataset that was meant, or those that may be meant, OFFERED at most."""

    dataset: Dataset | None
    offered: tuple[Dataset, ...] = ()


def picked(text: str) -> Picked:
    """Return the representative that `text` means: a number, "namespace/name", a whole name, or part of one."""
    words = text.strip().replace("\x00", "")[:4_000]
    if not words:
        return Picked(None)
    rows = Dataset.objects.select_related("root")
    exact = rows.filter(Q(key__in=_keys(words)) | Q(pk=int(words) if _is_number(words) else None)).first()
    if exact is not None:
        return Picked(exact.root or exact)
    found = _representatives(rows.filter(name=words)[: OFFERED * 2])
    found = found or _representatives(rows.filter(name__icontains=words).order_by("name", "pk")[: OFFERED * 2])
    return Picked(found[0]) if len(found) == 1 else Picked(None, found)


def _is_number(words: str) -> bool:
    return words.isascii() and words.isdecimal() and len(words) < 19


def _keys(words: str) -> list[str]:
    """The keys of every way to cut "namespace/name", since both may hold slashes."""
    cuts = [place for place, sign in enumerate(words) if sign == "/"][:50]
    return [Name(words[:cut], words[cut + 1 :]).key for cut in cuts]


def _representatives(rows: object) -> tuple[Dataset, ...]:
    roots = {(row.root or row).pk: row.root or row for row in rows}  # type: ignore[attr-defined]
    return tuple(roots.values())[:OFFERED]
