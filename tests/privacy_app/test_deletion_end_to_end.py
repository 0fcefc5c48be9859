"""A subject in four real systems is found, erased, shown to be gone, and proved; nobody else is touched."""

import json

from portal.core.evidence.selectors import read_artifact
from privacy_app.domain.request import State


def test_a_subject_is_erased_from_four_systems_and_nobody_else_is(drive, four):
    others = four.controls()
    request = drive.approved()
    assert request.state == State.PROPAGATING
    request = drive.work(request)
    steps = {step.system_name.split("-")[0]: step for step in request.steps.all()}
    assert {name: (step.state, step.error) for name, step in steps.items()} == dict.fromkeys(
        ["features", "lake", "lineage", "oltp", "portal", "vectors"], ("done", "")
    )
    assert request.state == State.COMPLETED
    assert four.controls() == others
    proof = json.loads(read_artifact(request.artifact_digest))
    statuses = {each["dataset"]: each["status"] for each in proof["systems"]}
    assert statuses.pop("lineage events") == "not_found"
    assert set(statuses.values()) <= {"deleted", "tombstoned"}
    assert proof["req_id"] == request.req_id
