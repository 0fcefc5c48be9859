"""What the kinds on files of this machine share: settings, measuring, looking, listing, and the probes."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote

import pyarrow as pa

from portal.core.connectors import copies, identity_maps, scan
from portal.core.connectors.base import (
    NO_SETTINGS,
    Edge,
    Erasable,
    Found,
    Identifier,
    Listable,
    Measurable,
    Probe,
    Reader,
    Residual,
    Resolvable,
    Setting,
    Subject,
    SystemConfig,
    Target,
    Transit,
)
from portal.core.connectors.lake import inside, people
from portal.core.connectors.lake.folders import all_files, data_files, dataset_folder
from portal.core.connectors.lake.people import DataFile

COMPRESSED = "Compressed columns are invisible to a byte scan; the decode probe reads them."
SETTINGS = (
    Setting("root", "Folder that holds the datasets' folders.", required=True),
    Setting("memory_limit", "Memory that a probe may use, such as 512MB."),
    copies.BACKUPS,
    identity_maps.SETTING,
)
TARGET_SETTINGS = (
    Setting("identifiers", "Which column holds which kind of identifier.", required=True),
    Setting("surrogate", "Key column that means nothing outside."),
    Setting("vector_column", "List column with an embedding."),
)


class Lake(Measurable, Resolvable, Erasable, Listable):
    """Datasets are folders of Parquet files under `root`; there is no secret."""

    target_settings = TARGET_SETTINGS
    open_reader: ClassVar[Callable[..., AbstractContextManager[Reader]]]

    @abstractmethod
    def files(self, config: SystemConfig, object_name: str) -> list[DataFile]:
        """The files that readers of the dataset read now. Raises ConnectorError."""

    def ping(self, config: SystemConfig) -> None:
        """See Connector."""
        dataset_folder(config, ".")

    def transit(self, config: SystemConfig) -> Transit:
        """See Connector. No connection is made; who mounts a remote folder there answers for its way."""
        dataset_folder(config, ".")
        return Transit(True, "Files are read on this machine, over no connection of the portal's.")

    def reader(
        self,
        config: SystemConfig,
        object_name: str,
        *,
        timeout_s: float = 30,
        settings: Mapping[str, Any] = NO_SETTINGS,
        also: Sequence[Target] = (),
    ) -> AbstractContextManager[Reader]:
        """See Measurable. A placement says nothing more here."""
        del settings
        names = [object_name, *(each.object_name for each in also)]
        return type(self).open_reader(config, names, timeout_s=timeout_s)

    def edges(self, config: SystemConfig, identifier: Identifier) -> list[Edge]:
        """See Resolvable. A map's object is a dataset folder."""
        found: list[Edge] = []
        for each in identity_maps.maps_from(config, identifier.kind):
            files = self.files(config, each.object_name)
            rows = [row for file in files for row in people.map_rows(file.path, each.columns, identifier)]
            found += identity_maps.edges_of(each, config.name, identifier, rows)
        return found

    def values(self, config: SystemConfig, target: Target, kind: str) -> Iterator[str]:
        """See Listable. What was yielded is kept in memory, to yield it once."""
        column, yielded = target.columns.get(kind), set[str]()
        for file in self.files(config, target.object_name) if column else ():
            for value in people.values_of(file, str(column)):
                if value not in yielded:
                    yielded.add(value)
                    yield value

    def discover(self, config: SystemConfig, target: Target, subject: Subject) -> Found:
        """See Erasable."""
        count, keys = 0, set[str]()
        vectors: list[bytes] = []
        for _, rows in people.holding(self.files(config, target.object_name), target, subject):
            count += rows.num_rows
            keys.update(people.keys_of(rows, target))
            vectors += people.vectors_of(rows, target)
        return Found(count, tuple(sorted(keys)), tuple(vectors))

    def verify_logical(self, config: SystemConfig, target: Target, subject: Subject) -> Probe:
        """See Erasable."""
        files = self.files(config, target.object_name)
        return Probe("logical", True, sum(rows.num_rows for _, rows in people.holding(files, target, subject)))

    def verify_decoded(self, config: SystemConfig, target: Target, subject: Subject, found: Found) -> Probe:
        """See Erasable: all columns, not only the declared ones; statistics and notes; copies under any name."""
        needles = needles_in(config, target, subject, found)
        hits, broken = 0, 0
        for path in all_files(dataset_folder(config, target.object_name)):
            try:
                hits += inside.decoded_hits(path, needles)
            except FileNotFoundError:
                continue
            except (pa.ArrowException, OSError, ValueError):
                broken += 1
        caveat = f"{broken} files cannot be read in their format." if broken else ""
        return Probe("decoded", True, hits, " ".join(filter(None, (caveat, needles.caveat))))

    def verify_raw(self, config: SystemConfig, target: Target, subject: Subject, found: Found) -> Probe:
        """See Erasable: every file in the folder, left-over ones too, and the names of files and folders."""
        needles = needles_in(config, target, subject, found)
        if not needles.all:
            return Probe.blind("raw", needles.caveat)
        folder = dataset_folder(config, target.object_name)
        try:
            hits = len(scan.search(all_files(folder), needles))
        except OSError as error:
            return Probe.blind("raw", f"The dataset's files cannot be read ({type(error).__name__}).")
        hits += sum(scan.count(name, needles) for name in names(folder))
        return Probe("raw", True, hits, " ".join(filter(None, (COMPRESSED, needles.caveat))))

    def residuals(
        self, config: SystemConfig, target: Target, subject: Subject, found: Found, *, today: date
    ) -> list[Residual]:
        """See Erasable. Declared backups (of the file system) lag behind."""
        del target, subject, found
        return copies.backups(config, today)


def needles_in(config: SystemConfig, target: Target, subject: Subject, found: Found) -> scan.Needles:
    """What to look for, knowing others' identifiers that contain one of the subject's."""
    folder, parts = dataset_folder(config, target.object_name), subject.parts()
    others: set[str] = set()
    for path in data_files(folder):
        try:
            table = people.read(path, list(target.columns.values()))
        except FileNotFoundError:
            continue
        for column in table.columns:
            others.update(people.containing(column, parts))
    return scan.needles_of(subject, found, sorted(others))


def names(folder: Path) -> Iterator[bytes]:
    """What files and folders below a dataset's are called: a partition's name may be an identifier."""
    for path in folder.rglob("*"):
        yield unquote(path.name).encode(errors="surrogateescape")


def remove_named_folders(folder: Path, needles: scan.Needles) -> int:
    """Take away empty folders whose name holds a needle, the deepest first; how many went."""
    removed = 0
    for path in sorted((each for each in folder.rglob("*") if each.is_dir()), reverse=True):
        if scan.count(unquote(path.name).encode(errors="surrogateescape"), needles):
            try:
                path.rmdir()
            except OSError:  # not empty: somebody else's file is in it
                continue
            removed += 1
    return removed
