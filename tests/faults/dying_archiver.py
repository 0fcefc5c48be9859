"""A process that archives or redacts lineage and, right before or right after a chosen function of it, is killed as by
`kill -9`.

Arguments: database name, folder of the archives, "archive" or "redact", "before" or "after", function ("" to stay
alive).
"""

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import django
from django.conf import settings

NOW = datetime(2026, 11, 23, tzinfo=UTC)
IDENTIFIERS = ["ana.muster@example.com"]


def main(database: str, folder: str, work: str, when: str, name: str) -> None:
    settings.DATABASES["default"]["NAME"] = database
    settings.LINEAGE_ARCHIVES = Path(folder)
    django.setup()
    from lineage_app.services import archive_files, archives, partitions, redaction, withdrawing
    from lineage_app.services.redaction import events, files, graph, tables
    from portal.core.identity.actors import system_actor

    if name:
        places = (archives, archive_files, partitions, redaction, events, files, graph, tables, withdrawing)
        module = next(each for each in places if name in each.__dict__)
        real = getattr(module, name)

        def deadly(*args: object, **more: object) -> object:
            if when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            found = real(*args, **more)
            os.kill(os.getpid(), signal.SIGKILL)
            return found

        setattr(module, name, deadly)
    if work == "archive":
        archives.archive_old(NOW)
    else:
        redaction.redact(IDENTIFIERS, actor=system_actor("tests"), reference="DEL-1")


if __name__ == "__main__":
    main(*sys.argv[1:])
