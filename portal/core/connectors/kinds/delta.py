"""Delta Lake tables in folders."""

from collections.abc import Callable
from datetime import date
from typing import ClassVar

from portal.core.connectors import copies, scan
from portal.core.connectors.base import (
    Declared,
    Deleted,
    Fence,
    Found,
    Purged,
    Residual,
    Setting,
    StepPlan,
    Subject,
    SystemConfig,
    Target,
    check_fence,
)
from portal.core.connectors.lake import delta, delta_erasing, delta_files, delta_history
from portal.core.connectors.lake.connector import COMPRESSED, SETTINGS, Lake, needles_in, remove_named_folders
from portal.core.connectors.lake.folders import all_files
from portal.core.connectors.lake.people import DataFile
from portal.core.connectors.registry import connector

OLDER = "older versions of the table"
STILL_THERE = "older versions kept: the newest one still holds the subject"
KEPT = "older versions kept: that they go was not approved"


@connector("delta")
class Delta(Lake):
    """Datasets are Delta tables in folders under `root`, at their newest version."""

    label = "Delta Lake"
    settings = (
        *SETTINGS,
        Setting("history_expiry_days", "Days until the table's own vacuum and log clean-up have taken older versions."),
    )
    open_reader: ClassVar = staticmethod(delta.reader)

    def files(self, config: SystemConfig, object_name: str) -> list[DataFile]:
        """See Lake."""
        return delta_files.newest(config, object_name).files

    def plan(self, config: SystemConfig, target: Target, found: Found) -> StepPlan:
        """See Erasable. The purge takes time travel from everybody: it is approved apart."""
        delta_files.newest(config, target.object_name)
        declared = {"history": OLDER} if copies.days(config, "history") is not None else {}
        return StepPlan(
            count=found.count,
            exclusive_lock=False,
            leaks_predicate=False,
            delete_by="rewrite of the files that hold the subject, in one commit that names no predicate",
            purge=("vacuum(0)", "checkpoint", "log clean-up with retention 0"),
            probes=(Declared("logical", True), Declared("decoded", True), Declared("raw", True, COMPRESSED)),
            copies=copies.planned(config, declared),
            destroys_history=True,
        )

    def delete(self, config: SystemConfig, target: Target, subject: Subject, *, still_mine: Fence) -> Deleted:
        """See Erasable. `partitions` are the replaced files as the log names them."""
        return delta_erasing.erase(_newest(config, target), target, subject, still_mine)

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
        """See Erasable. Without `allow_exclusive` the history stays, and the probes say so."""
        check_fence(still_mine)
        if not allow_exclusive:
            return Purged((KEPT,))
        if self.verify_logical(config, target, subject).hits:
            return Purged((STILL_THERE,))  # nothing would be won by taking older versions
        needles, newest = needles_in(config, target, subject, found), _newest(config, target)
        with delta.in_our_words(f"{target.object_name} in {config.name}"):
            done = delta_history.purge(newest, needles, still_mine)
        check_fence(still_mine)
        if remove_named_folders(newest().folder, needles):
            done.append("partition named by the subject removed")
        return Purged(tuple(done))

    def residuals(
        self, config: SystemConfig, target: Target, subject: Subject, found: Found, *, today: date
    ) -> list[Residual]:
        """See Erasable. Older versions are one where their end is declared and the newest one is clean."""
        left = copies.backups(config, today)
        if copies.days(config, "history") is None:
            return left
        needles, version = needles_in(config, target, subject, found), delta_files.newest(config, target.object_name)
        if older := _hits_outside(version, needles):
            each = copies.residual(config, "history", OLDER, today, older)
            left.append(Residual(each.where, each.expires_on, each.hits, ("decoded", "raw")))
        return left


def _newest(config: SystemConfig, target: Target) -> Callable[[], delta_files.Version]:
    return lambda: delta_files.newest(config, target.object_name)


def _hits_outside(version: delta_files.Version, needles: scan.Needles) -> int:
    """Files that hold a needle, none of them of the newest version; 0 where one of its own holds one too."""
    holding = {path for path in all_files(version.folder) if delta_history.holds(path, needles)}
    return 0 if holding & set(version.logged) else len(holding)
