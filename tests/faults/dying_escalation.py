"""A worker process that takes the due steps of pages and is killed, as by `kill -9`, after a level's message was
written and before the step was: the worst moment.

Arguments: database name, VAR_DIR.
"""

import os
import signal
import sys
from pathlib import Path

import django
from django.conf import settings


def main(database: str, var: str) -> None:
    settings.DATABASES["default"]["NAME"] = database
    settings.VAR_DIR = Path(var)
    django.setup()
    from portal.core.clock.services import now
    from portal.core.oncall.services import escalating

    real = escalating.send

    def deadly(*args, **kwargs):
        real(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    escalating.send = deadly
    escalating.escalate_due(now())


if __name__ == "__main__":
    main(*sys.argv[1:])
