"""Tasks by hand as their people may see them."""

from typing import Any

from django.db.models import QuerySet

from portal.core.identity.policies import Act, may, require
from portal.core.identity.roles import Role
from privacy_app.models import ByHandTask, Step


def tasks(user: Any, *, ended: bool = False) -> QuerySet[ByHandTask]:
    """Tasks of the teams that the reader owns, all of them for privacy officers; the soonest due first."""
    require(user, Act.ATTEST_DELETION)
    rows = ByHandTask.objects.select_related("step__request", "step__system", "team", "attested_by")
    rows = rows.exclude(attested_at=None).order_by("-attested_at") if ended else rows.filter(attested_at=None)
    grants = user.grants()
    if any(role is Role.PRIVACY_OFFICER for role, _ in grants):
        return rows
    return rows.filter(team_id__in=[team for role, team in grants if role is Role.OWNER and team is not None])


def task_for(user: Any, pk: int) -> ByHandTask | None:
    """One task; None where there is none. Raises PermissionDenied for people of other teams."""
    task = ByHandTask.objects.select_related("step__request", "step__system", "team", "file").filter(pk=pk).first()
    if task is not None:
        require(user, Act.ATTEST_DELETION, task)
    return task


def may_attest(user: Any, task: ByHandTask) -> bool:
    """Whether this person may end the task."""
    return task.is_open and may(user, Act.ATTEST_DELETION, task)


def attestation_for_artifact(step: Step) -> dict[str, str]:
    """`attestation` of a proof's system: the digest of the newest document; nothing where there is none."""
    attested = step.tasks.exclude(attested_at=None).select_related("file").order_by("-attested_at").first()
    return {"attestation": attested.file.digest} if attested and attested.file else {}
