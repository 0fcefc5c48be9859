"""Making older versions of a Delta table go: tombstoned files, strays with the subject, and their log.

All of it takes time travel from everybody, so it is approved apart. What goes on meanwhile is left alone: vacuum takes
tombstoned files only (an unnamed file may belong to a commit that is just being made), and commits of the last minute
stay unless they hold the subject (writers check for conflicts against them).
"""

import json
import os
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from portal.core.connectors import scan
from portal.core.connectors.base import Fence, check_fence
from portal.core.connectors.lake import inside
from portal.core.connectors.lake.delta_erasing import Newest
from portal.core.connectors.lake.delta_files import Version
from portal.core.connectors.lake.folders import all_files
from portal.core.connectors.lake.rewriting import TEMPORARY

LOG = "_delta_log"
IN_FLIGHT_S = 3600.0  # a file that no commit names may be a running writer's for so long
RECENT_S = 60.0
SETTLE_S = 0.5  # between checkpoint and clean-up: whoever opened the table by its older log has read it by then
ROUNDS = 3
VERSIONED = re.compile(r"(\d{20})\.")


def purge(newest: Newest, needles: scan.Needles, still_mine: Fence) -> list[str]:
    """Vacuum, remove strays that hold a needle, checkpoint, clean the log; what was done, in words."""
    check_fence(still_mine)
    version = newest()
    _vacuum(version.table)
    done = ["vacuum(0)"]
    for path in strays(newest(), needles):
        check_fence(still_mine)
        path.unlink(missing_ok=True)
        done.append("files outside of the table's version removed")
    for _ in range(ROUNDS):
        check_fence(still_mine)
        version = newest()
        _checkpoint(version)
        time.sleep(SETTLE_S)
        if _cleaned(version.folder / LOG, version.table.version(), needles, still_mine):
            break
        _step_on(version)
    return [*dict.fromkeys(done), "checkpoint", "log cleaned up to it"]


def _hooks() -> Any:
    from deltalake.transaction import PostCommitHookProperties

    return PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)


def _vacuum(table: Any) -> None:
    table.vacuum(
        retention_hours=0, dry_run=False, enforce_retention_duration=False, post_commithook_properties=_hooks()
    )


def _step_on(version: Version) -> None:
    """An empty commit, so that the one before it lies behind a checkpoint and can go."""
    version.table.create_write_transaction(
        [], "append", version.table.schema(), version.partitions, post_commithook_properties=_hooks()
    )


def strays(version: Version, needles: scan.Needles) -> Iterator[Path]:
    """Files that the version does not name and that hold a needle, but for those that may still be written."""
    live, named = set(version.logged), _named(version.folder)
    for path in all_files(version.folder):
        if path in live or path.parent == version.folder / LOG or not holds(path, needles):
            continue
        if _left_over(path, version.folder) or path in named or time.time() - path.stat().st_mtime > IN_FLIGHT_S:
            yield path


def _left_over(path: Path, folder: Path) -> bool:
    return any(part.startswith(TEMPORARY) for part in path.relative_to(folder).parts)


def _named(folder: Path) -> set[Path]:
    """Files that some commit in the log names: those of change feeds too; their writers are done."""
    found: set[Path] = set()
    for path in (folder / LOG).glob("*.json"):
        for line in filter(None, path.read_text().splitlines()):
            for action in json.loads(line).values():
                if isinstance(action, dict) and "path" in action:
                    found.add(folder / unquote(str(action["path"])))
    return found


def holds(path: Path, needles: scan.Needles) -> bool:
    """Whether a file holds a needle, by its bytes or by its own format."""
    try:
        return bool(scan.search([path], needles, limit=1) or inside.decoded_hits(path, needles))
    except FileNotFoundError:
        return False
    except (pa.ArrowException, ValueError):
        return False  # not whole: the decode probe counts it, and says so


def _checkpoint(version: Version) -> None:
    """Write the newest version down in one file, without tombstones: the files that they name are gone already.

    Made in a folder of its own and put in place whole: readers of a checkpoint open it more than once, so one that is
    there is never written over (and if somebody made one of this version, it stays until the next).
    """
    from deltalake import DeltaTable

    log, name = version.folder / LOG, f"{version.table.version():020}.checkpoint.parquet"
    with tempfile.TemporaryDirectory(prefix=TEMPORARY, dir=version.folder) as apart:
        (Path(apart) / LOG).mkdir()
        for path in all_files(log):
            os.link(path, Path(apart) / LOG / path.name)
        own = Path(apart) / LOG / inside.LAST
        own.unlink(missing_ok=True)  # else delta-rs would write it through the link
        DeltaTable(apart, version=version.table.version()).create_checkpoint()
        actions = pq.read_table(Path(apart) / LOG / name)
        kept = actions.filter(pc.is_null(actions["remove"]))
        pq.write_table(kept, Path(apart) / name)
        try:
            os.link(Path(apart) / name, log / name)
        except FileExistsError:
            return
        own.write_text(json.dumps({"version": version.table.version(), "size": kept.num_rows}))
        os.replace(own, log / inside.LAST)


def _cleaned(log: Path, checkpoint: int, needles: scan.Needles, still_mine: Fence) -> bool:
    """Remove the log below the checkpoint, oldest first; False where what has to stay holds a needle."""
    older = {path: number for path in all_files(log) if (number := _version(path)) is not None and number < checkpoint}
    present = time.time()
    goes = [n for path, n in older.items() if _age(path, present) > RECENT_S or holds(path, needles)]
    for path, number in sorted(older.items()):
        if number <= max(goes, default=-1):
            check_fence(still_mine)
            path.unlink(missing_ok=True)
    return not any(holds(path, needles) for path in all_files(log))


def _version(path: Path) -> int | None:
    found = VERSIONED.match(path.name)
    return int(found[1]) if found else None


def _age(path: Path, present: float) -> float:
    try:
        return present - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
