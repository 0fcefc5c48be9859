"""The words of a person's digest: what waits for them, and the notices that they want to read there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from portal.core.catalog.worklist import WorkItem
from portal.core.notify.models import Notice

FIRST = 5


@dataclass(frozen=True)
class Digest:
    """What stands in it: work by group, and notices since the last one."""

    work: Mapping[str, Sequence[WorkItem]]
    notices: Sequence[Notice]

    @property
    def waiting(self) -> int:
        """How many things wait."""
        return sum(len(items) for items in self.work.values())

    def __bool__(self) -> bool:
        return bool(self.waiting or self.notices)


def subject(digest: Digest) -> str:
    """The subject of the e-mail: its numbers."""
    parts = [_count(digest.waiting, "thing waits for you", "things wait for you")] if digest.waiting else []
    parts += [_count(len(digest.notices), "notice", "notices")] if digest.notices else []
    return f"Custody: {', '.join(parts)}"


def body(digest: Digest) -> str:
    """The first of each group with where it leads, the notices, and where to choose otherwise."""
    blocks = [_group(name, items) for name, items in digest.work.items() if items]
    if digest.notices:
        blocks.append("\n".join(["Notices", *(f"- {each.text}\n  {_at(each)}" for each in digest.notices)]))
    ways = f"{settings.BASE_URL}{reverse('notify:ways')}"
    return "\n\n".join([*blocks, f"When this is written, and what stands in it, you choose here: {ways}\n"])


def _group(name: str, items: Sequence[WorkItem]) -> str:
    lines = [f"{name} ({len(items)})"]
    lines += [
        f"- {each.text} ({each.state_word}, {each.when:%Y-%m-%d %H:%M} UTC)\n  {_full(each.url)}"
        for each in items[:FIRST]
    ]
    if len(items) > FIRST:
        lines.append(f"- and {len(items) - FIRST} more\n  {_full(reverse('pages:home'))}")
    return "\n".join(lines)


def _line(item: WorkItem) -> str:
    return f"- {item.text} ({item.state_word}, {item.when:%Y-%m-%d %H:%M} UTC)\n  {_full(item.url)}"


def _at(notice: Notice) -> str:
    return _full(notice.get_absolute_url())


def _full(path: str) -> str:
    return f"{settings.BASE_URL}{path}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
