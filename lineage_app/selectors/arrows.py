"""Ties and doings as the edges of a window: between datasets, or through jobs that are nodes themselves."""

from collections.abc import Collection, Iterable, Mapping

from lineage_app.domain.window import STATES, WindowEdge, merged
from lineage_app.models import Job
from lineage_app.selectors.around import Tie
from lineage_app.selectors.boxes import Place, job_key
from lineage_app.selectors.doings import Doing


def dataset_arrows(ties: Iterable[Tie], jobs: Mapping[int, Job], tokens: Mapping[int, str]) -> list[WindowEdge]:
    """Return one edge for each pair of datasets, with the jobs that are known by number in `jobs`."""
    strongest: dict[tuple[int, int, int | None], Tie] = {}
    for tie in ties:
        job = jobs.get(tie.job or 0)
        key = tie.src, tie.dst, job.pk if job else None
        strongest[key] = _stronger(strongest[key], tie) if key in strongest else tie
    return list(merged((_arrow(tie, jobs, tokens) for tie in strongest.values()), {}))


def _stronger(one: Tie, other: Tie) -> Tie:
    best = min(one, other, key=lambda tie: (tie.foreign, STATES.index(tie.state)))
    return best._replace(last_seen=max(one.last_seen, other.last_seen), token=best.token or one.token or other.token)


def _arrow(tie: Tie, jobs: Mapping[int, Job], tokens: Mapping[int, str]) -> WindowEdge:
    job, token = jobs.get(tie.job or 0), tokens.get(tie.token or 0)
    return WindowEdge(
        src=str(tie.src),
        dst=str(tie.dst),
        state=tie.state,
        jobs=(job.name,) if job else (),
        foreign=tie.foreign,
        last_seen=tie.last_seen.isoformat(),
        tokens=(token,) if token else (),
        job_urls=(job.get_absolute_url(),) if job else (),
    )


def job_arrows(
    ties: Iterable[Tie], doings: Iterable[Doing], jobs: Mapping[int, Job], tokens: Mapping[int, str]
) -> list[WindowEdge]:
    """Return the edges into and out of jobs; a tie that no job told of stays between its datasets."""
    found = []
    for tie in ties:
        job = jobs.get(tie.job or 0)
        if job is None:
            found.append(_arrow(tie, {}, tokens))
            continue
        whole = _arrow(tie, {}, tokens)
        found += [_moved(whole, dst=job_key(job.pk)), _moved(whole, src=job_key(job.pk))]
    found += [_done(doing, jobs[doing.job]) for doing in doings if doing.job in jobs]
    return list(merged(found, {}))


def _moved(edge: WindowEdge, *, src: str = "", dst: str = "") -> WindowEdge:
    return WindowEdge(src or edge.src, dst or edge.dst, edge.state, (), edge.foreign, edge.last_seen, edge.tokens)


def _done(doing: Doing, job: Job) -> WindowEdge:
    dataset, key = str(doing.dataset), job_key(job.pk)
    src, dst = (dataset, key) if doing.role == "input" else (key, dataset)
    return WindowEdge(src, dst, doing.state, (), doing.foreign, doing.last_seen.isoformat())


def job_places(
    ties: Iterable[Tie], doings: Iterable[Doing], jobs: Mapping[int, Job], places: Mapping[int, Place]
) -> dict[int, tuple[Job, Place]]:
    """Return the jobs of a window by number, each where the farther of its datasets lies, the nearest of several."""
    found: dict[int, tuple[Job, Place]] = {}

    def put(number: int | None, place: Place) -> None:
        job = jobs.get(number or 0)
        if job and (job.pk not in found or abs(found[job.pk][1].distance) > abs(place.distance)):
            found[job.pk] = (job, place)

    for tie in ties:
        if tie.src in places and tie.dst in places:
            put(tie.job, max(places[tie.src], places[tie.dst], key=lambda place: abs(place.distance)))
    for doing in doings:
        near = places[doing.dataset]
        put(doing.job, Place(near.distance + (1 if doing.role == "input" else -1), near.beside))
    return found


def edgeless(doings: Iterable[Doing], ties: Collection[Tie]) -> list[Doing]:
    """Return the doings that no tie tells of: jobs that only read or only write that dataset."""
    told = {(tie.src, tie.job, "input") for tie in ties} | {(tie.dst, tie.job, "output") for tie in ties}
    return [doing for doing in doings if (doing.dataset, doing.job, doing.role) not in told]
