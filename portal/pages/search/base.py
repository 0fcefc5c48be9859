"""What a search is made of: the query, a hit, a group of hits of one kind, and the providers that find them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from portal.core.catalog.called import Called, called
from portal.core.registry import Registry

LONGEST = 200
COUNTED = 1_000
"""A group is counted up to here and no farther, so that a common word stays quick."""
_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{64})", re.I)
_RUN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
_NUMBER = re.compile(r"del-\d{4}-\d\d-\d\d-\d{4,}|inc-\d+", re.I)


@dataclass(frozen=True)
class Query:
    """What is looked for; `shown` hits of a group are wanted, `quick` while somebody still types."""

    text: str
    shown: int = 8
    quick: bool = False

    @classmethod
    def of(cls, typed: str, *, shown: int = 8, quick: bool = False) -> Query:
        """A query of what somebody typed: without blanks around it, of at most LONGEST characters."""
        return cls(typed.replace("\x00", "").strip()[:LONGEST], shown, quick)

    @property
    def id(self) -> str:
        """The id of one thing that it reads as, as the portal writes it; "" where it reads as none.

        >>> [Query(text).id for text in ("inc-00012", "0A" * 32, "orders")] == ["INC-00012", "sha256:" + "0a" * 32, ""]
        True
        """
        if self.digest or self.run:
            return self.digest or self.run
        return self.text.upper() if _NUMBER.fullmatch(self.text) else ""

    @property
    def digest(self) -> str:
        """The digest that it reads as, with its algorithm; "" where it is none."""
        digits = _DIGEST.fullmatch(self.text)
        return f"sha256:{digits[1].lower()}" if digits else ""

    @property
    def run(self) -> str:
        """The run's id that it reads as; "" where it is none."""
        return self.text.lower() if _RUN.fullmatch(self.text) else ""

    @cached_property
    def called(self) -> Called:
        """The assets that it names, looked up once for all that is found through its asset."""
        return called(self.text, most=COUNTED)


@dataclass(frozen=True)
class Hit:
    """One thing found: what it is called, its page, what tells it from its like; `exact` where it is just that id."""

    text: str
    url: str
    hint: str = ""
    word: str = ""
    mark: str = ""
    exact: bool = False


@dataclass(frozen=True)
class Group:
    """What was found of one kind. `count` goes to COUNTED, `many` says that there are more; `url` lists them all."""

    key: str
    title: str
    icon: str
    hits: tuple[Hit, ...]
    count: int
    url: str = ""

    @property
    def many(self) -> bool:
        """Whether there are more than are counted."""
        return self.count > COUNTED

    @property
    def counted(self) -> str:
        """The count for people: "37", or "more than 1000"."""
        return f"more than {COUNTED}" if self.many else str(self.count)


Find = Callable[[Any, Query], Iterable[Group]]


@dataclass(frozen=True)
class Provider:
    """What finds one kind of thing: its place among the groups, their keys, and the function that asks the rights."""

    order: int
    keys: tuple[str, ...]
    find: Find


providers: Registry[Provider] = Registry("search provider", f"{__package__}.kinds")


def provider(order: int, *keys: str) -> Callable[[Find], Find]:
    """Decorate the finder of groups with these keys; lower orders stand first."""

    def register(find: Find) -> Find:
        providers.add(keys[0], Provider(order, keys, find), where=find.__module__)
        return find

    return register


def found(
    rows: QuerySet[Any],
    hit: Callable[[Any], Hit],
    query: Query,
    *,
    key: str,
    title: str,
    icon: str,
    url: str = "",
    count: int | None = None,
) -> Iterator[Group]:
    """The group of these rows. Where their `count` is not known, they are looked for once, by number, and then read."""
    if count is None:
        numbers = list(rows.values_list("pk", flat=True)[: COUNTED + 1])
        count, wanted = len(numbers), numbers[: query.shown]
        read = {row.pk: row for row in rows.filter(pk__in=wanted)} if wanted else {}
        first = [read[number] for number in wanted if number in read]
    else:
        first = list(rows[: query.shown])
    if first:
        yield Group(key, title, icon, tuple(map(hit, first)), count, url)
