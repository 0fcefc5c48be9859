"""A process that archives lineage and, right before or right after a chosen function of it, is killed as by `kill -9`.

Arguments: database name, folder of the archives, "before" or "after", function ("" to stay alive).
"""

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import django
from django.conf import settings

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def main(database: str, folder: str, when: str, name: str) -> None:
    settings.DATABASES["default"]["NAME"] = database
    settings.LINEAGE_ARCHIVES = Path(folder)
    django.setup()
    from lineage_app.services import archive_files, archives, partitions

    if name:
        module = next(each for each in (archives, archive_files, partitions) if hasattr(each, name))
        real = getattr(module, name)

        def deadly(*args: object, **more: object) -> object:
            if when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            found = real(*args, **more)
            os.kill(os.getpid(), signal.SIGKILL)
            return found

        setattr(module, name, deadly)
    archives.archive_old(NOW)


if __name__ == "__main__":
    main(*sys.argv[1:])
