"""Encrypted backups with one key a person: erased from by shredding the key."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import ClassVar

from portal.core.connectors import copies
from portal.core.connectors.backup import keys, looking, restoring, sets, shredder
from portal.core.connectors.base import (
    Backup,
    ConnectorError,
    Declared,
    Deleted,
    Erasable,
    Fence,
    Found,
    LaggingCopy,
    Listable,
    Probe,
    Purged,
    Residual,
    Restorable,
    Setting,
    StepPlan,
    Subject,
    SystemConfig,
    Target,
    Transit,
    check_fence,
)
from portal.core.connectors.lake.folders import dataset_folder
from portal.core.connectors.registry import connector

ELSEWHERE = "copies of the key store elsewhere"


@connector("encrypted_backup")
class EncryptedBackup(Erasable, Listable, Restorable):
    """Datasets are folders of backups under `root`; the secret wraps the keys that lie in `directory`."""

    label = "Encrypted backups, one key a person"
    is_backup: ClassVar[bool] = True
    verb: ClassVar[str] = "shred"
    settings = (
        Setting("root", "Folder that holds one folder of backups a dataset.", required=True),
        Setting("directory", "Folder of the key store; its own copies lie in `copies` below it.", required=True),
        Setting("backup_expiry_days", "Days that a backup is kept.", required=True),
        Setting(
            "key_copy_expiry_days",
            "Days that a copy of the key store is kept anywhere else; fewer than the backups. 0: there are none.",
            required=True,
        ),
    )
    target_settings = (
        Setting("identifiers", "Which field of a record holds which kind of identifier.", required=True),
        Setting("person", "The kind of identifier that stands for one person: each gets a key.", required=True),
    )

    def ping(self, config: SystemConfig) -> None:
        """See Connector."""
        dataset_folder(config, ".")
        keys.folder_of(config)
        keys.secrets_of(config)

    def cautions(self, config: SystemConfig) -> list[str]:
        """See Connector. Whoever can open a backup can also destroy its keys; and old keys must not outlive data."""
        try:
            sets.limits(config)
        except ConnectorError as error:
            return [str(error)]
        return []

    def transit(self, config: SystemConfig) -> Transit:
        """See Connector."""
        dataset_folder(config, ".")
        return Transit(True, "Files are read on this machine, over no connection of the portal's.")

    def values(self, config: SystemConfig, target: Target, kind: str) -> Iterator[str]:
        """See Listable. Of the records that can still be opened: a shredded one is nobody's any more."""
        return looking.values(config, target, kind)

    def backups(self, config: SystemConfig) -> list[Backup]:
        """See Restorable."""
        return restoring.backups(config)

    def scratch(self, config: SystemConfig, backup: str) -> AbstractContextManager[SystemConfig]:
        """See Restorable: the backup alone, with a copy of the key store as it is now."""
        return restoring.scratch(config, backup)

    def restored(self, config: SystemConfig, target: Target) -> str:
        """See Restorable. The keys decide what a restore brings back, whatever the file holds."""
        return restoring.words(config, target)

    def discover(self, config: SystemConfig, target: Target, subject: Subject) -> Found:
        """See Erasable. `count` records that open; `keys` the ids of their keys, with a piece to recognise them by."""
        count, theirs = looking.still_open(config, target, subject)
        return Found(count, keys.texts(theirs))

    def plan(self, config: SystemConfig, target: Target, found: Found) -> StepPlan:
        """See Erasable. Raises ConnectorError where the key store's copies outlive the backups."""
        limits = sets.limits(config)
        elsewhere = (LaggingCopy(ELSEWHERE, limits.keys.days),) if limits.keys else ()
        return StepPlan(
            count=found.count,
            exclusive_lock=False,
            leaks_predicate=False,
            delete_by="destroying the person's key",
            purge=("VACUUM of the key store", "the same in its copies"),
            probes=(Declared("logical", True), Declared("decoded", True), Declared("raw", True, looking.SEALED)),
            copies=elsewhere,
        )

    def delete(self, config: SystemConfig, target: Target, subject: Subject, *, still_mine: Fence) -> Deleted:
        """See Erasable. `rows` are the records that nobody can read any more."""
        sets.limits(config)
        count, theirs = looking.still_open(config, target, subject)
        check_fence(still_mine)
        if theirs:
            shredder.destroy(keys.folder_of(config) / keys.STORE, theirs, still_mine)
        return Deleted(count, ids=keys.texts(theirs))

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
        """See Erasable. The key goes from the copies of the store as well, and from all free pages and logs."""
        sought = keys.traces(found.keys, ())
        check_fence(still_mine)
        live = keys.folder_of(config) / keys.STORE
        for path in keys.stores(config):
            if path != live:
                shredder.destroy(path, sought.ids, still_mine)
            shredder.empty_free_space(path, still_mine)
        return Purged(("VACUUM of the key store", "the same in its copies"))

    def verify_logical(self, config: SystemConfig, target: Target, subject: Subject) -> Probe:
        """See Erasable: can any record of the subject be opened?"""
        return Probe("logical", True, looking.still_open(config, target, subject)[0])

    def verify_decoded(self, config: SystemConfig, target: Target, subject: Subject, found: Found) -> Probe:
        """See Erasable: the key store's rows, and the inside of every record that opens."""
        return looking.decoded(config, target, subject, found)

    def verify_raw(self, config: SystemConfig, target: Target, subject: Subject, found: Found) -> Probe:
        """See Erasable."""
        return looking.raw(config, target, subject, found)

    def residuals(
        self, config: SystemConfig, target: Target, subject: Subject, found: Found, *, today: date
    ) -> list[Residual]:
        """See Erasable. Only copies of the keys matter; the backups hold what nobody can read."""
        elsewhere = copies.residual(config, "key_copy", ELSEWHERE, today)
        return [elsewhere] if copies.days(config, "key_copy") else []
