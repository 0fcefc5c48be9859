"""The portal's own lineage as a system of every plan: pipelines write SQL, parameters and errors, and people into them.

It has no data system in the catalog, so it is a step of the portal itself; what it does is lineage's own redaction.
"""

from lineage_app import services as lineage
from portal.core.connectors import base as connectors
from portal.core.identity.actors import system_actor
from privacy_app.domain.plan import Origin, Place
from privacy_app.domain.verdict import Judgement, Probe, Verdict, judge
from privacy_app.models import Request, Step
from privacy_app.services import machinery

KIND = "lineage"
_NO_RAW = (
    "the portal's own database files are not scanned; old versions of rows go with the VACUUM after the redaction, "
    "the write-ahead log and backups when they are rotated"
)


def planned(request: Request) -> Step:
    """The step before it is saved; what is found is not counted here, since that reads every event."""
    preview = {
        "why": "what pipelines wrote into lineage events may name the subject",
        "count": "Counted when it runs",
        "delete_by": "replacing the identifiers in events, archives and everything derived from them",
        "probes": [{"name": "raw", "runs": False, "reason": _NO_RAW}],
    }
    return Step(
        request=request,
        place=Place.PORTAL,
        origin=Origin.PORTAL,
        system_name=KIND,
        kind=KIND,
        dataset="lineage events",
        preview=preview,
    )


def run(step: Step) -> Judgement:
    """Redact, look again, and judge; safe to run twice. Raises ConnectorError where somebody is at the archives."""
    sought = _sought(step.request)
    if not sought:
        return Judgement(Verdict.NOT_PROBED, "No identifier is long enough to be looked for in texts.")
    before = _before(step, sought)
    try:
        done = lineage.redact(sought, actor=system_actor("privacy.propagation"), reference=step.request.req_id)
    except lineage.ArchiveBusy as error:
        raise connectors.ConnectorError(str(error)) from error
    lineage.vacuum()
    left = lineage.mentions(sought)
    events = lineage.redacted_so_far(step.request.req_id)
    archives = int(step.amounts.get("archives", 0)) + done.archives
    step.amounts = {"rows": events, "archives": archives}
    step.probes = {
        "logical": {"before": before["logical"], "after": left.events + left.rows},
        "decoded": {"before": before["decoded"], "after": left.archived},
        "raw": {"before": None, "after": None, "reason": _NO_RAW},
    }
    return _judged(step, events, archives)


def query_again(step: Step) -> int:
    """Return how many events, archived events and rows name the subject now."""
    sought = _sought(step.request)
    return lineage.mentions(sought).total if sought else 0


def _sought(request: Request) -> list[str]:
    values = machinery.subject_of(request).identifiers.values()
    return lineage.searchable(each for kind in values for each in kind)


def _before(step: Step, sought: list[str]) -> dict[str, int]:
    """What the first attempt saw; a later one finds less, and says the same."""
    if step.probes:
        return {name: step.probes[name]["before"] for name in ("logical", "decoded")}
    found = lineage.mentions(sought)
    seen = {"logical": found.events + found.rows, "decoded": found.archived}
    step.probes = {name: {"before": count} for name, count in seen.items()}
    Step.objects.filter(pk=step.pk, fence=step.fence).update(probes=step.probes)
    return seen


def _judged(step: Step, events: int, archives: int) -> Judgement:
    judgement = judge(
        {name: Probe(one["before"], one["after"], one.get("reason", "")) for name, one in step.probes.items()}
    )
    if judgement.verdict is not Verdict.NOT_PROBED:
        return judgement
    files = f"{archives} archive{'' if archives == 1 else 's'}"
    text = f"Lineage events: {events} redacted, {files} rewritten; a scan finds none. {judgement.sentence}"
    return Judgement(Verdict.NOT_PROBED, text)
