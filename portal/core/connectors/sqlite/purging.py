"""Making deleted bytes go from an SQLite database.

`secure_delete` overwrites what our own delete frees, and that pragma's default differs by build; what others freed
before, with it off, lies in free pages and gaps until VACUUM writes the file anew. Old page images lie in the
write-ahead log until a checkpoint empties it, and in a rollback journal that is kept (journal_mode = PERSIST).
"""

import sqlite3
import time
from collections.abc import Callable

from portal.core.connectors.base import Fence, Purged, check_fence
from portal.core.connectors.sqlite.session import quoted

VACUUM_UP_TO = 256 << 20  # bytes; below, writers wait for less than they wait for each other
TRIES, PAUSE_S = 40, 0.1


def is_long(session: sqlite3.Connection) -> bool:
    """Whether writing the file anew stops writers for longer than they are used to."""
    (pages,), (size,) = (session.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    return bool(pages * size > VACUUM_UP_TO)


def purge(session: sqlite3.Connection, table: str, *, allow_exclusive: bool, still_mine: Fence) -> Purged:
    """Statistics, VACUUM, write-ahead log. Raises sqlite3.Error where the database stays busy."""
    check_fence(still_mine)
    done = [*_statistics(session, table)]
    long = is_long(session)
    check_fence(still_mine)
    if long and not allow_exclusive:
        done.append("not vacuumed: the pause was not approved")
    else:
        _patiently(lambda: bool(session.execute("VACUUM")))
        done.append("VACUUM")
    check_fence(still_mine)
    done.append(_empty_log(session))
    return Purged(tuple(filter(None, done)), exclusive=long and allow_exclusive)


def _statistics(session: sqlite3.Connection, table: str) -> list[str]:
    """Sampled values of the planner (sqlite_stat4, in builds that have it) are taken anew."""
    held = session.execute("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat4'").fetchone()
    if held:
        session.execute(f"ANALYZE {quoted(table)}")
    return ["ANALYZE"] if held else []


def _empty_log(session: sqlite3.Connection) -> str:
    """Bring the write-ahead log into the file and cut it to nothing; readers in the way are waited for."""
    if session.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        return ""
    emptied = _patiently(lambda: session.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
    return "write-ahead log emptied" if emptied else "write-ahead log not emptied: a reader holds it"


def _patiently(work: Callable[[], bool]) -> bool:
    """Try until it works, for some seconds; the last refusal is raised."""
    for left in reversed(range(TRIES)):
        try:
            if work():
                return True
        except sqlite3.OperationalError:
            if not left:
                raise
        time.sleep(PAUSE_S)
    return False
