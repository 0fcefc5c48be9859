"""The windows of a job and of a run: what is read at the left, the job in the middle, what is written at the right."""

from dataclasses import replace
from typing import Any

from lineage_app.domain.window import Window
from lineage_app.models import Job, Run
from lineage_app.selectors.boxes import Place, job_key
from lineage_app.selectors.doings import Doing, doings_in, doings_of, parts_of
from lineage_app.selectors.view import View
from lineage_app.selectors.windows import Scene, picture


def job_window(job: Job, view: View) -> Window:
    """Return what the job and its parts read and wrote; with `parts` each part is a node of its own."""
    told = doings_of([job.pk, *parts_of(job)], view.moment)
    return _through(job, told, replace(view, parts=view.parts or job.parent_id is not None))


def run_window(run: Run, view: View) -> Window:
    """Return what this one run read and wrote, whatever its state."""
    return _through(run.job, doings_in(run), replace(view, parts=True))


def _through(job: Any, told: list[Doing], view: View) -> Window:
    places: dict[int, Place] = {}
    for doing in sorted(told, key=lambda each: each.last_seen, reverse=True):
        if doing.role == "output" or doing.dataset not in places:
            places[doing.dataset] = Place(1 if doing.role == "output" else -1)
    scene = Scene(job_key(job.pk), places, told=tuple(told), only=frozenset())
    return picture(scene, replace(view, jobs=True, known_at=None))
