"""Which formats exist: a decorator registers one, the folders `exports/` and `imports/` are walked to find them.

Heavy libraries (pydantic, sqlglot, pyarrow) are imported inside the functions, so that a web process which exports
nothing never loads them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from contracts_app.domain.document import Loaded
from contracts_app.domain.formats.notes import FormatError, Imported
from portal.core.registry import Registry


class Exportable(Protocol):
    """A version of a contract, or anything else that was loaded; `state` is the portal's word, if it has one."""

    @property
    def loaded(self) -> Loaded: ...

    @property
    def state(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Plain:
    """A contract outside the portal: text that was loaded."""

    loaded: Loaded
    state: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """A choice that the reader has, such as the dialect of SQL; the first value is the default."""

    name: str
    label: str
    values: tuple[str, ...]


Make = Callable[[Any, Mapping[str, str]], bytes]
Read = Callable[[Any], Imported]


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One format: `make(version, options)` gives its bytes, or raises FormatError with a sentence.

    `stored` formats cost seconds: they are made by a worker, once for each state of the version, and kept.
    """

    key: str
    label: str
    hint: str
    media_type: str
    suffix: str
    make: Make
    options: tuple[Option, ...] = ()
    stored: bool = False
    order: int = 50

    def chosen(self, asked: Mapping[str, str]) -> dict[str, str]:
        """The options asked for, completed by the defaults; raises FormatError for a value that is none."""
        out: dict[str, str] = {}
        for option in self.options:
            value = asked.get(option.name) or option.values[0]
            if value not in option.values:
                raise FormatError(f"`{option.name}` must be one of: {', '.join(option.values)}.")
            out[option.name] = value
        return out


@dataclass(frozen=True, slots=True)
class ImportFormat:
    """One source: `read(given)` makes a draft's YAML with notes, or raises FormatError with a sentence.

    `given` is bytes for the `needs` "text" and "file"; for "placement" and "dataset" it is a row of the catalog or of
    lineage that the person may read. `detects(name, content)` says whether bytes are this format.
    """

    key: str
    label: str
    hint: str
    needs: str
    read: Read
    detects: Callable[[str, bytes], bool] | None = None
    order: int = 50


_exports: Registry[ExportFormat] = Registry("format", "contracts_app.formats.exports")
_imports: Registry[ImportFormat] = Registry("format", "contracts_app.formats.imports")


def export_format(key: str, **about: Any) -> Callable[[Make], Make]:
    """Register a way out. Raises ValueError when the key is taken."""
    return lambda make: _register(_exports, key, ExportFormat(key=key, make=make, **about), make)


def import_format(key: str, **about: Any) -> Callable[[Read], Read]:
    """Register a way in. Raises ValueError when the key is taken."""
    return lambda read: _register(_imports, key, ImportFormat(key=key, read=read, **about), read)


def exports() -> dict[str, ExportFormat]:
    """Every way out, in the order of the menu."""
    return dict(sorted(_exports.members().items(), key=lambda pair: (pair[1].order, pair[0])))


def imports() -> dict[str, ImportFormat]:
    """Every way in, in the order of the page."""
    return dict(sorted(_imports.members().items(), key=lambda pair: (pair[1].order, pair[0])))


def export_named(key: str) -> ExportFormat:
    """The way out of that key; raises FormatError naming those that exist."""
    return _named(exports(), key)


def import_named(key: str) -> ImportFormat:
    """The way in of that key; raises FormatError naming those that exist."""
    return _named(imports(), key)


def detected(name: str, content: bytes) -> ImportFormat | None:
    """The format of these bytes, by what they hold and not by what the file is called."""
    return next((each for each in imports().values() if each.detects and each.detects(name, content)), None)


def _named(known: dict[str, Any], key: str) -> Any:
    if key not in known:
        raise FormatError(f"There is no format {key[:40]!r}. Known are: {', '.join(known)}.")
    return known[key]


def _register(known: Registry[Any], key: str, found: Any, function: Any) -> Any:
    known.add(key, found, where=function.__module__)
    return function
