"""A worker process that measures one batch and is killed, as by `kill -9`, between a look and its record.

Arguments: database name, VAR_DIR, number of the SLO, number of its lease, "die" or "live".
"""

import os
import signal
import sys
from pathlib import Path

import django
from django.conf import settings


def main(database: str, var: str, slo: str, fence: str, word: str) -> None:
    settings.DATABASES["default"]["NAME"] = database
    settings.VAR_DIR = Path(var)
    django.setup()
    from slo_app import tasks

    if word == "die":

        def deadly(**_: object) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        tasks.record_look = deadly
    tasks.probe_batch([(int(slo), int(fence))])


if __name__ == "__main__":
    main(*sys.argv[1:])
