"""The contract of a connector: what each capability promises to the rooms above."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, ClassVar

from portal.core.connectors.errors import ConnectorError, Fence, FencedOff, check_fence
from portal.core.connectors.values import (
    Backup,
    Declared,
    Deleted,
    Edge,
    Found,
    Identifier,
    LaggingCopy,
    Probe,
    Purged,
    Residual,
    StepPlan,
    Subject,
    Target,
    digests,
)

__all__ = [
    "NO_SETTINGS",
    "Backup",
    "ByHand",
    "Connector",
    "ConnectorError",
    "Countable",
    "Declared",
    "Deleted",
    "Edge",
    "Erasable",
    "Fence",
    "FencedOff",
    "Found",
    "Identifier",
    "LaggingCopy",
    "Listable",
    "Measurable",
    "Probe",
    "Purged",
    "Reader",
    "Residual",
    "Resolvable",
    "Restorable",
    "Setting",
    "StepPlan",
    "Subject",
    "SystemConfig",
    "Target",
    "Transit",
    "check_fence",
    "digests",
]


NO_SETTINGS: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class SystemConfig:
    """One data system as the catalog knows it, its secret already resolved for one purpose."""

    name: str
    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Setting:
    """One key of a system's or a placement's settings, with the sentence a form shows beside it."""

    name: str
    help: str
    required: bool = False


@dataclass(frozen=True)
class Transit:
    """Whether what is read travels protected: encrypted, or never leaving the machine; None where nobody can tell."""

    protected: bool | None
    words: str


class Connector(ABC):
    """A kind of data system. Stateless: every call gets the system's configuration.

    Every method may raise `ConnectorError`, whose sentence names neither an identifier nor a predicate.
    `kind` is set by `@connector`; `label` is what people call it; `settings` are the system's keys and
    `target_settings` the placement's.
    """

    kind: ClassVar[str] = ""
    label: ClassVar[str] = ""
    settings: ClassVar[tuple[Setting, ...]] = ()
    target_settings: ClassVar[tuple[Setting, ...]] = ()

    @abstractmethod
    def ping(self, config: SystemConfig) -> None:
        """Reach the system with the given secret, change nothing; raise ConnectorError if it cannot be reached."""

    def cautions(self, config: SystemConfig) -> list[str]:
        """What the given secret may do beyond reading, as sentences; a probe needs a secret of which none is true.

        Raises ConnectorError.
        """
        del config
        return []

    def transit(self, config: SystemConfig) -> Transit:
        """How a connection of the probe is protected, as seen on one that is made now. Raises ConnectorError."""
        del config
        return Transit(None, "This kind of system cannot tell whether its connections are encrypted.")


class Reader(ABC):
    """A dataset opened for measuring: one read-only snapshot, limited in time and memory.

    `dialect` names the SQL ("postgres" or "duckdb"); `relation` is the dataset as quoted SQL, to be put
    after FROM, and `beside` the datasets that were opened in the same snapshot, by object name. `reaches` is how
    far back the relation goes where a source can only be asked for its newest part; None where it is whole.
    """

    dialect: ClassVar[str]
    relation: str
    beside: Mapping[str, str]
    reaches: timedelta | None = None

    @abstractmethod
    def row(self, sql: str) -> dict[str, Any]:
        """Run one SELECT and give its single row by column name.

        Raises ConnectorError when it fails, takes too long, costs too much, or yields another number of rows.
        """

    @abstractmethod
    def columns(self, object_name: str = "") -> dict[str, str]:
        """Columns in order, each with its type as the engine names it: the dataset's, or those of one beside it."""


class Measurable(Connector):
    """A kind whose datasets can be asked with SQL: by its own engine, or by DuckDB over its files or its rows."""

    @abstractmethod
    def reader(
        self,
        config: SystemConfig,
        object_name: str,
        *,
        timeout_s: float = 30,
        settings: Mapping[str, Any] = NO_SETTINGS,
        also: Sequence[Target] = (),
    ) -> AbstractContextManager[Reader]:
        """Open one dataset for reading; `timeout_s` seconds bound each statement, `settings` are the placement's.

        `also` are datasets of the same system, to be read beside it in the same snapshot.

        The session can change nothing and reach nothing but what the secret's role may read (PostgreSQL), the
        files of the dataset (Parquet, Delta), or what was fetched of it (Valkey, HTTP). Raises ConnectorError when
        the dataset does not exist, or holds more than a probe may fetch.
        """


class Countable(Connector):
    """A kind that takes no SQL and can yet say how much a dataset holds."""

    @abstractmethod
    def count(self, config: SystemConfig, target: Target) -> int:
        """Records in the dataset, counted with the probe secret. Reads only; raises ConnectorError."""


class Resolvable(Connector):
    """A kind that can hold declared identity maps: which identifiers belong together."""

    @abstractmethod
    def edges(self, config: SystemConfig, identifier: Identifier) -> list[Edge]:
        """Follow `settings["identity_maps"]` one step from an identifier; nothing is kept or mirrored.

        A map names its `object`, its `columns` (kind -> column), the kind that stands for a person
        (`person`), a `confidence` in percent and whether it is `asserted`. An edge is `single_person` only
        when the rows found name exactly one value of the `person` kind (a family's device names several).
        """


class Listable(Connector):
    """A kind that can say which identifiers a dataset holds, whoever they belong to.

    Needed where only tokens of the erased are left: after a restore, and once a request's key is destroyed.
    """

    @abstractmethod
    def values(self, config: SystemConfig, target: Target, kind: str) -> Iterator[str]:
        """Every distinct value of one kind of identifier in the dataset, streamed; none where it holds no such kind.

        Reads only, with the probe secret; raises ConnectorError. Never log what it yields.
        """


class ByHand(Connector):
    """A kind that no program can erase from: a person does it, and attests with a document that it is done."""

    @abstractmethod
    def instructions(self, config: SystemConfig, target: Target, kinds: Sequence[str]) -> str:
        """What the person is to do, and by which of these kinds of identifier the subject is known there."""

    @abstractmethod
    def time_limits(self, config: SystemConfig) -> tuple[timedelta, timedelta]:
        """How long after the approval the person is reminded, and how long after it the task is overdue."""


class Restorable(Connector):
    """A kind whose backups can be restored into a place of their own, beside the live system, to rehearse a restore."""

    @abstractmethod
    def backups(self, config: SystemConfig) -> list[Backup]:
        """The backups that can be restored, the newest first. Reads only; raises ConnectorError."""

    @abstractmethod
    def scratch(self, config: SystemConfig, backup: str) -> AbstractContextManager[SystemConfig]:
        """Restore a backup by its name into a scratch place; gives the configuration that leads there.

        The scratch place is taken away when the context ends, also after an error. The live system is never touched.
        Raises ConnectorError.
        """

    def restored(self, config: SystemConfig, target: Target) -> str:
        """What a restore brings back of a dataset in the scratch place, in a sentence; empty where all of it comes.

        Raises ConnectorError.
        """
        del config, target
        return ""


class Erasable(Connector):
    """A kind from which a subject can be removed, and shown to be removed.

    Called in order: discover, plan, (approval), delete, purge, the three verifications, residuals. All are
    idempotent: a second delete finds nothing, returns 0 rows and is success. `still_mine` is asked right
    before anything is deleted, replaced or rewritten; when it answers False the call raises FencedOff and
    has changed nothing. Other subjects' data stays as it is, also while it is being written.

    `found` is what `discover` saw before the delete: the verifications need its vectors, because afterwards
    there is nothing left to take them from.

    `is_backup` says that the kind keeps copies for a restore: a plan comes to it after the data.

    `waits_for` says what may hold bytes back while others work, so that a step has to run again; empty where one run is
    enough, which the conformance suite then demands.

    `shares_files` says that the datasets of one system lie in the same files, so that a byte probe of one sees what
    another holds: a request purges all of them before it verifies any.

    `verb` is what its delete does, as the proof names it: "delete" (the data goes), "shred" (the key to it goes),
    "anonymise" (the data stays without the person), which a proof must never call deleting.
    """

    is_backup: ClassVar[bool] = False
    verb: ClassVar[str] = "delete"
    waits_for: ClassVar[str] = ""
    shares_files: ClassVar[bool] = False

    @abstractmethod
    def discover(self, config: SystemConfig, target: Target, subject: Subject) -> Found:
        """Count what the dataset holds of the subject, with its surrogate keys and embeddings. Reads only."""

    @abstractmethod
    def plan(self, config: SystemConfig, target: Target, found: Found) -> StepPlan:
        """Say what delete and purge will do, which probes can run, and where copies lag. Reads only.

        `exclusive_lock` tells whether the purge may come to need one, `destroys_history` whether it takes older
        versions of everybody's data; both are approved apart.
        """

    @abstractmethod
    def delete(self, config: SystemConfig, target: Target, subject: Subject, *, still_mine: Fence) -> Deleted:
        """Remove the subject, by surrogate key where there is one, looked up anew so that late rows go too."""

    @abstractmethod
    def purge(
        self,
        config: SystemConfig,
        target: Target,
        subject: Subject,
        found: Found,
        *,
        allow_exclusive: bool,
        still_mine: Fence,
    ) -> Purged:
        """Make the bytes go. What the plan says is approved apart is done only where `allow_exclusive`."""

    @abstractmethod
    def verify_logical(self, config: SystemConfig, target: Target, subject: Subject) -> Probe:
        """Ask the system as any client would: does it still find the subject?"""

    @abstractmethod
    def verify_decoded(self, config: SystemConfig, target: Target, subject: Subject, found: Found) -> Probe:
        """Read the storage in its own format (compressed pages, footers, statistics) and look for the values."""

    @abstractmethod
    def verify_raw(self, config: SystemConfig, target: Target, subject: Subject, found: Found) -> Probe:
        """Search the dataset's files for the bytes of identifiers and embeddings, whatever the format says.

        Bytes that spell another, live subject's longer identifier are not hits.
        """

    @abstractmethod
    def residuals(
        self, config: SystemConfig, target: Target, subject: Subject, found: Found, *, today: date
    ) -> list[Residual]:
        """Places outside the dataset that may still hold the subject, each with the day its copy expires."""
