"""What connectors are given and what they hand back: plain frozen values, no driver and no framework.

Personal data lives in `Identifier`, `Subject` and `Found` only. None of them prints its values (`repr` is
masked), so a stray log line cannot leak a subject; everything else here is safe to store as evidence.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from portal.core.connectors import spelling


@dataclass(frozen=True, repr=False)
class Identifier:
    """One identifier of a person: its kind ("email", "customer_id") and its value as text."""

    kind: str
    value: str

    def __repr__(self) -> str:
        """Name the kind, never the value.

        >>> Identifier("email", "ana@example.com")
        Identifier('email', ***)
        """
        return f"Identifier({self.kind!r}, ***)"


@dataclass(frozen=True, repr=False)
class Subject:
    """A resolved person: for each kind of identifier, the set of values that are theirs."""

    identifiers: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, identifiers: Iterable[Identifier]) -> "Subject":
        """Group identifiers by kind."""
        grouped: dict[str, set[str]] = {}
        for one in identifiers:
            grouped.setdefault(one.kind, set()).add(one.value)
        return cls({kind: frozenset(values) for kind, values in grouped.items()})

    def values(self, kind: str) -> list[str]:
        """The values of one kind, sorted so that the same subject always asks the same question."""
        return sorted(self.identifiers.get(kind, ()))

    @cached_property
    def _folded(self) -> dict[str, frozenset[str]]:
        """Made once: `has` is asked for every record of a dataset."""
        return {
            kind: frozenset(spelling.folded(kind, value) for value in values)
            for kind, values in self.identifiers.items()
        }

    def folded(self, kind: str) -> list[str]:
        """The values of one kind in the form in which they are compared, sorted."""
        return sorted(self._folded.get(kind, ()))

    def has(self, kind: str, value: str | None) -> bool:
        """Whether a value that a system holds is the subject's, letter case of an e-mail address apart.

        >>> Subject({"email": frozenset({"ana@example.com"})}).has("email", "Ana@Example.com")
        True
        """
        return value is not None and spelling.folded(kind, value) in self._folded.get(kind, ())

    def owns(self, value: str) -> bool:
        """Whether a value is the subject's by any kind."""
        return any(self.has(kind, value) for kind in self.identifiers)

    def parts(self) -> list[str]:
        """Every value in lower case: what another's longer identifier is looked for by."""
        return sorted({value.lower() for values in self.identifiers.values() for value in values})

    def __repr__(self) -> str:
        """Count the values of each kind, never show one."""
        return f"Subject({ {kind: len(values) for kind, values in self.identifiers.items()} })"


@dataclass(frozen=True)
class Target:
    """One dataset inside a system: its name there, and the placement's settings.

    `settings["identifiers"]` maps a kind of identifier to the column, field or key part that holds it;
    `surrogate` names the key column that means nothing outside; `vector_column` names an embedding.
    """

    object_name: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def columns(self) -> dict[str, str]:
        """Which column holds which kind of identifier."""
        return dict(self.settings.get("identifiers", {}))


@dataclass(frozen=True)
class Edge:
    """A link between two identifiers, as a controller's own source declares it.

    `confidence` is in percent. It may be followed by itself only where `asserted` (the source states it as
    fact) and `single_person` (the found identifiers belong to one person); a person confirms all others.
    `persons` counts the persons that the rows name, 0 where they name none.
    """

    origin: Identifier
    to: Identifier
    source: str
    confidence: int
    single_person: bool
    asserted: bool
    persons: int = 0


@dataclass(frozen=True, repr=False)
class Found:
    """What a dataset holds of a subject. Keep it encrypted: `keys` and `vectors` are needed again to verify.

    `count` rows, keys or entries; `keys` surrogate keys as text (empty where the dataset has none);
    `vectors` the little-endian float32 bytes of each embedding, taken before the delete, to scan for after.
    """

    count: int
    keys: tuple[str, ...] = ()
    vectors: tuple[bytes, ...] = ()

    def dump(self) -> dict[str, Any]:
        """The same as JSON-ready values, for the caller's encrypted store.

        >>> Found.load(Found(1, ("7",), (b"abcd",)).dump()) == Found(1, ("7",), (b"abcd",))
        True
        """
        vectors = [base64.b64encode(vector).decode() for vector in self.vectors]
        return {"count": self.count, "keys": list(self.keys), "vectors": vectors}

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> "Found":
        """Read what `dump` wrote."""
        vectors = tuple(base64.b64decode(vector) for vector in data["vectors"])
        return cls(int(data["count"]), tuple(data["keys"]), vectors)

    def __repr__(self) -> str:
        """Counts only."""
        return f"Found(count={self.count}, keys={len(self.keys)}, vectors={len(self.vectors)})"


@dataclass(frozen=True)
class Declared:
    """A probe as planned: whether it can run on this system, and if not, why ("blind")."""

    name: str
    runs: bool
    reason: str = ""


@dataclass(frozen=True)
class LaggingCopy:
    """A place that keeps old bytes for a while: WAL, log, snapshot, replica. `days` None means no bound."""

    where: str
    days: int | None


@dataclass(frozen=True)
class StepPlan:
    """What erasing from one dataset will do, for the preview that an approver signs.

    `exclusive_lock`: the purge may make readers wait. `destroys_history`: it takes older versions of everybody's data.
    """

    count: int
    exclusive_lock: bool
    leaks_predicate: bool
    delete_by: str
    purge: tuple[str, ...]
    probes: tuple[Declared, ...]
    copies: tuple[LaggingCopy, ...] = ()
    destroys_history: bool = False

    @property
    def approved_apart(self) -> bool:
        """Whether the purge does what a plan's approval alone does not allow."""
        return self.exclusive_lock or self.destroys_history


@dataclass(frozen=True)
class Deleted:
    """What a delete removed: `rows`, plus `ids` or `partitions` where the kind has them.

    `partitions` and `ids` may name a subject: store them through `digests` only.
    """

    rows: int
    ids: tuple[str, ...] = ()
    partitions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Purged:
    """What a purge did, in words for the record; `exclusive` when readers and writers had to wait."""

    actions: tuple[str, ...]
    exclusive: bool = False


@dataclass(frozen=True)
class Probe:
    """The answer of one probe ("logical", "decoded", "raw"): how often the subject was found.

    `hits` is None exactly when it did not run; then `reason` says why. A probe that ran may carry a
    `reason` too: what it could not see.
    """

    name: str
    ran: bool
    hits: int | None
    reason: str = ""

    @classmethod
    def blind(cls, name: str, reason: str) -> "Probe":
        """A probe that cannot run here."""
        return cls(name, ran=False, hits=None, reason=reason)


@dataclass(frozen=True)
class Residual:
    """A lagging copy that may still hold the subject; `expires_on` None means without a bound.

    `hits` counts what a scan of that place found, None where it could not be scanned. `covers` names the probes
    ("decoded", "raw") all of whose hits are this copy's bytes: older versions inside a dataset's own files.
    """

    where: str
    expires_on: date | None
    hits: int | None = None
    covers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Backup:
    """One backup of a system, by the name under which it can be restored, and the moment whose data it holds."""

    name: str
    taken_at: datetime


def digests(values: Iterable[str], salt: bytes) -> list[str]:
    """Salted digests (HMAC-SHA-256, hex) of keys or partition names: the only form that leaves a step.

    >>> digests(["7"], b"salt")[0][:16]
    '449975cd3205addb'
    """
    return [hmac.new(salt, value.encode(), hashlib.sha256).hexdigest() for value in values]
