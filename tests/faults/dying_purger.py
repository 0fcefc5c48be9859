"""A worker process that purges what is due and is killed as by `kill -9` behind a chosen action, before it is saved.

Arguments: database name, VAR_DIR, action ("" to stay alive).
"""

import os
import signal
import sys
from pathlib import Path

import django
from django.conf import settings


def main(database: str, var: str, action: str) -> None:
    settings.DATABASES["default"]["NAME"] = database
    settings.VAR_DIR = Path(var)
    django.setup()
    from privacy_app import keystore
    from privacy_app.services import appeal, purging

    places = {
        "values": (purging, "empty_rows"),
        "letters": (purging, "forget"),
        "key": (keystore, "shred"),
        "entry": (purging, "record"),
    }
    if action:
        module, name = places[action]
        real = getattr(module, name)

        def deadly(*args, **kwargs):
            real(*args, **kwargs)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(module, name, deadly)
    appeal.shred_due()


if __name__ == "__main__":
    main(*sys.argv[1:])
