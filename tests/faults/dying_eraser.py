"""A worker that runs due steps and is killed, as by `kill -9`, at a chosen moment of a chosen kind of system.

It is started once and forks for each try. Arguments: database name, VAR_DIR. A line in: {"kind": …, "moment": …}
("" to stay alive); a line out: {"died": bool, "code": int}. Moments are the phases (the phase has happened and is not
saved yet), and "after delete", "after purge": the system has changed, and the portal does not know it.
"""

import json
import os
import signal
import sys
import traceback
from pathlib import Path

import django
from django.conf import settings


def main(database: str, var: str) -> None:
    settings.DATABASES["default"]["NAME"] = database
    settings.VAR_DIR = Path(var)
    django.setup()
    from privacy_app.services import propagation  # noqa: F401  # once, and not in each child

    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os._exit(_live(**json.loads(line)))
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(json.dumps({"died": ended == -signal.SIGKILL, "code": ended}) + "\n")
        sys.stdout.flush()


def _live(kind: str, moment: str) -> int:
    from portal.core.connectors import registry
    from privacy_app.services import propagation, step_results

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    saved = step_results.phase

    def phase(step, reached, *fields):
        if step.kind == kind and reached == moment:
            die()
        saved(step, reached, *fields)

    step_results.phase = phase
    if moment.startswith("after "):
        connector = type(registry.get(kind))
        name = moment.removeprefix("after ")
        real = getattr(connector, name)

        def deadly(*given, **more):
            real(*given, **more)
            die()

        setattr(connector, name, deadly)
    try:
        propagation.run_due()
    except BaseException:  # noqa: BLE001 - a forked child ends here, and says on its way what stopped it
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    main(*sys.argv[1:])
