"""What the editor's form is made of: controls, each for one path of the YAML, in parts that may hold parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from contracts_app.domain.findings import Finding

Path = tuple[str, ...]


def pointer(path: Path) -> str:
    """The path as a JSON pointer (RFC 6901).

    >>> pointer(("schema", "a/b"))
    '/schema/a~1b'
    """
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in path)


def path_of(text: str) -> Path:
    """The path that a pointer says.

    >>> path_of("/schema/a~1b")
    ('schema', 'a/b')
    """
    return tuple(key.replace("~1", "/").replace("~0", "~") for key in text.split("/")[1:])


def html_id(path: Path) -> str:
    """An id for the element of a path; long ones are cut and told apart by a hash."""
    plain = "-".join(key if key.isascii() and key.isalnum() else key.encode().hex() for key in path)
    return f"f-{plain}" if len(plain) < 80 else f"f-{plain[:60]}-{sha256(plain.encode()).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True)
class Control:
    """One input; `name` is `f:` and the pointer, `kind` says how it is drawn and how its value is written."""

    path: Path
    label: str
    kind: str  # text, number, value (either), choice, words, flag, list, numbers, long, name (the key), locked
    value: str
    options: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    hint: str = ""

    @property
    def name(self) -> str:
        """The name of the input."""
        return ("k:" if self.kind == "name" else "f:") + pointer(self.path)

    @property
    def html_id(self) -> str:
        """The id of the input."""
        return html_id(self.path) + ("-name" if self.kind == "name" else "")

    @property
    def is_wide(self) -> bool:
        """Whether the input takes the whole width."""
        return self.kind in ("list", "numbers", "long") or self.path[-1] in ("rule", "tier_reason", "description")

    @property
    def is_bad(self) -> bool:
        """Whether one of its findings is more than a warning."""
        return any(found.is_error for found in self.findings)


@dataclass(frozen=True, slots=True)
class Add:
    """An input for something new under `path`."""

    path: Path
    label: str
    button: str
    options: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The name of the input."""
        return "new:" + pointer(self.path)

    @property
    def html_id(self) -> str:
        """The id of the input."""
        return "new-" + html_id(self.path)


@dataclass(frozen=True, slots=True)
class Part:
    """Controls under one title; `removable` parts stand for one entry of the YAML."""

    path: Path
    title: str
    controls: list[Control] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    adds: list[Add] = field(default_factory=list)
    removable: bool = False
    summary: str = ""
    note: str = ""
    rule: str = ""  # the text of an accuracy rule, whose SQL is shown with it

    @property
    def html_id(self) -> str:
        """The id of the part."""
        return "part-" + html_id(self.path)

    @property
    def pointer(self) -> str:
        """What the button that removes it names."""
        return pointer(self.path)

    @property
    def errors(self) -> int:
        """How many errors its controls and those of its parts have."""
        own = sum(found.is_error for control in self.controls for found in control.findings)
        return own + sum(part.errors for part in self.parts)

    @property
    def is_filled(self) -> bool:
        """Whether anything is written here; an empty part is shown folded."""
        return bool(self.parts) or any(control.value for control in self.controls)

    @property
    def brief(self) -> str:
        """How many entries it holds, or that nothing is written."""
        if self.parts:
            return f"{len(self.parts)}"
        return "" if self.is_filled else "nothing written"

    def all_controls(self) -> list[Control]:
        """Its controls and those of its parts."""
        return [*self.controls, *(control for part in self.parts for control in part.all_controls())]
