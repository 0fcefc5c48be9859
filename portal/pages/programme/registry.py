"""What a document of the programme's tree is, and which documents there are: one file each in `kinds/`."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from portal.core.diagrams.markdown import flat
from portal.core.registry import Registry

if TYPE_CHECKING:
    from portal.core.identity.models import User


@dataclass(frozen=True, slots=True)
class Scene:
    """What an export is made of: `at` is the moment that it tells of, `site` goes in front of own addresses."""

    at: datetime
    site: str


@dataclass(frozen=True, slots=True)
class File:
    """One file of the tree: its path with slashes, and its bytes piece by piece."""

    path: str
    pieces: Iterator[bytes]


class Word(StrEnum):
    """What became of one thing of an imported file."""

    CREATED = "created"
    CHANGED = "changed"
    KEPT = "kept"
    TOLD = "not taken"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one thing: where it stands (`line` counts from 1; 0 is the whole file), and why in a sentence."""

    path: str
    line: int
    word: Word
    sentence: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{self.word:<9}  {where}  {flat(self.sentence)}"


class Document(ABC):
    """One kind of document. Stateless; whoever calls it has asked for the right to read.

    `path` is the pattern of its files' paths, `label` the path as people say it, `about` what stands in it.
    """

    key: ClassVar[str] = ""
    path: ClassVar[str] = ""
    label: ClassVar[str] = ""
    about: ClassVar[str] = ""
    order: ClassVar[int] = 50

    @abstractmethod
    def count(self) -> int:
        """How many pieces `files` gives in all, about: for progress."""

    @abstractmethod
    def files(self, scene: Scene) -> Iterator[File]:
        """Its files, by path; each is read to its end before the next is asked for. The same state, the same bytes."""

    @abstractmethod
    def take(self, user: User, path: str, content: bytes) -> Iterator[Outcome]:
        """Take one file in with the person's rights; nothing is ever signed.

        The caller holds a transaction. PermissionDenied, ValueError and ValidationError refuse the whole file; what
        concerns one thing of several is an outcome of the word REFUSED. What is here already is kept untouched.
        """

    def owns(self, path: str) -> bool:
        """Whether the path is one of its own."""
        return re.fullmatch(self.path, path) is not None


_documents: Registry[Document] = Registry("document", "portal.pages.programme.kinds")


def document(key: str) -> Callable[[type[Document]], type[Document]]:
    """Register a document under its key. Raises ValueError when the key is taken."""

    def register(cls: type[Document]) -> type[Document]:
        cls.key = key
        _documents.add(key, cls(), where=cls.__module__)
        return cls

    return register


def documents() -> list[Document]:
    """Every document, in the order in which they are taken in: what others build on comes first."""
    return sorted(_documents.members().values(), key=lambda each: (each.order, each.key))


def document_of(path: str) -> Document | None:
    """The document whose file this is."""
    return next((each for each in documents() if each.owns(path)), None)
