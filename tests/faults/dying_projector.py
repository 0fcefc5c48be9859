"""A process that projects or rebuilds and, right before or right after a chosen step, is killed as by `kill -9`.

Arguments: database name, "project" or "rebuild", "before" or "after", step ("" to stay alive), how many calls of the
step it survives.
"""

import os
import signal
import sys

import django
from django.conf import settings


def main(database: str, work: str, when: str, step: str, survived: str) -> None:
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from lineage_app import services
    from lineage_app.services import columns, deriving, edges, facets, projector, run_io, runs, sweeping

    if step:
        rebuilding = sys.modules["lineage_app.services.rebuild"]
        places = (facets, runs, run_io, columns, edges, deriving, projector, sweeping, rebuilding)
        module = next(each for each in places if step in each.__dict__)
        real, calls = getattr(module, step), [int(survived)]

        def deadly(*args: object, **more: object) -> object:
            calls[0] -= 1
            if calls[0] < 0 and when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            found = real(*args, **more)
            if calls[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return found

        for each in places:
            if each.__dict__.get(step) is real:
                setattr(each, step, deadly)
    if work == "project":
        while projector.project_batch(20):
            pass
    else:
        services.rebuild(size=5)


if __name__ == "__main__":
    main(*sys.argv[1:])
