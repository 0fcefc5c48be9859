"""A worker process that runs due steps and, at a chosen phase of a chosen step, is killed as by `kill -9`.

Arguments: database name, VAR_DIR, position of the step, phase ("" to stay alive). The phase has happened when it dies,
and has not been saved yet: the worst moment.
"""

import os
import signal
import sys
from pathlib import Path

import django
from django.conf import settings


def main(database: str, var: str, position: str, phase: str) -> None:
    settings.DATABASES["default"]["NAME"] = database
    settings.VAR_DIR = Path(var)
    django.setup()
    from privacy_app.services import propagation, step_results

    real = step_results.phase

    def deadly(step, reached, *fields):
        if str(step.position) == position and reached == phase:
            os.kill(os.getpid(), signal.SIGKILL)
        real(step, reached, *fields)

    step_results.phase = deadly
    propagation.run_due()


if __name__ == "__main__":
    main(*sys.argv[1:])
