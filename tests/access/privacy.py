"""Who may do what to deletion requests: the table of acts in the design, tried on every URL."""

from datetime import UTC, datetime, timedelta

from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import canonical_bytes
from portal.core.evidence.services import store_artifact
from portal.core.identity.actors import system_actor
from privacy_app import sealing
from privacy_app.domain.request import State
from privacy_app.models import Plan, Request
from privacy_app.services import intake
from tests.access_entry import NONE, PUBLIC, Entry

OFFICER = {"privacy_officer"}
COUNTING = {"privacy_officer", "head_of_data"}
PROOF_READERS = {"privacy_officer", "auditor", "head_of_data"}
REASON = {"reason": "the matrix tries it"}


def received(world, **changed):
    """A request that came by letter, then put into a state."""
    made = intake.receive(actor=system_actor("tests"), channel="staff", email="dana@example.com", code=False)
    Request.objects.filter(pk=made.pk).update(**changed)
    made.refresh_from_db()
    return made


def of(**changed):
    return lambda world: {"req_id": received(world, **changed).req_id}


def linked(**changed):
    def kwargs(world):
        made = received(world, **changed)
        return {"req_id": made.req_id, "secret": sealing.unseal(made.key_name, made.sealed_secret)}

    return kwargs


def kept(data=b"{}"):
    return store_artifact(data, media_type="application/json", name="proof.json", retain_days=1).digest


def proved(**more):
    def kwargs(world):
        digest = kept(canonical_bytes({"systems": [], "clocks": {}, "approvals": [], "not_covered": []}))
        digests = {"artifact_digest": digest, "pdf_digest": digest, "bundle_digest": digest}
        return {"req_id": received(world, state=State.COMPLETED, **digests).req_id, **more}

    return kwargs


def bundled(world):
    return linked(state=State.COMPLETED, bundle_digest=kept())(world)


def with_identifier(world):
    made = received(world, state=State.PLANNING)
    sealed = sealing.seal(made.key_name, "c_1")
    row = made.resolved.create(kind="customer_id", sealed=sealed, token="t", source="tests", confidence=100)
    return {"req_id": made.req_id, "pk": row.pk}


def with_link(world):
    made = received(world, state=State.RESOLVING)
    row = made.waiting_edges.create(token="t", kind="device_id", source="tests", confidence=50)
    return {"req_id": made.req_id, "pk": row.pk}


def plan_of(made, world, state):
    return made.plans.create(number=1, planner=world.petra, made_at=made.received_at, state=state)


def with_finding(world):
    made = received(world, state=State.PLANNING)
    row = plan_of(made, world, Plan.State.DRAFT).findings.create(dataset="d", why="w")
    return {"req_id": made.req_id, "pk": row.pk}


def with_step(world):
    made = received(world, state=State.PROPAGATING)
    plan = plan_of(made, world, Plan.State.APPROVED)
    step = plan.steps.create(
        request=made,
        position=1,
        place=1,
        origin="registered",
        system_name="s",
        kind="postgresql",
        dataset="d",
        state="retry",
    )
    return {"req_id": made.req_id, "pk": step.pk}


def in_a_week(world):
    return REASON | {"until": (now() + timedelta(days=7)).date().isoformat()}


def on_paper(world):
    made = intake.receive(
        actor=system_actor("tests"), channel="letter", email="", claims={"customer_id": "c_1"}, code=False
    )
    return {"pk": made.letters.get().pk}


OWN_TEXT = {"subject": "x", "body": "{reference} is cancelled"}
BY_LETTER = {
    "channel": "letter",
    "received_on": datetime.now(UTC).date().isoformat(),
    "email": "dana@example.com",
    "law": "gdpr",
    "language": "en",
    "idempotency_key": "7f9c24e8-3b12-4fef-91e0-00000000000a",
}
ACCESS = [
    Entry("privacy:inbox", COUNTING),
    Entry("privacy:intake", PUBLIC),
    Entry("privacy:intake", PUBLIC, method="post", data={"step": "0", "email": "dana@example.com"}),
    Entry("privacy:status", PUBLIC, kwargs=linked()),
    Entry("privacy:status", PUBLIC, kwargs=linked(), method="post", data={"code": "ABCDEFGH"}),
    Entry("privacy:status-code", PUBLIC, kwargs=linked(), method="post"),
    Entry("privacy:status-withdraw", PUBLIC, kwargs=linked()),
    Entry("privacy:status-withdraw", PUBLIC, kwargs=linked(), method="post"),
    Entry("privacy:status-go-on", PUBLIC, kwargs=linked(), method="post"),
    Entry("privacy:status-proof", PUBLIC, kwargs=bundled),
    Entry("privacy:new", OFFICER),
    Entry("privacy:new", OFFICER, method="post", data=BY_LETTER),
    Entry("privacy:request", OFFICER, kwargs=of()),
    Entry("privacy:progress", OFFICER, kwargs=of()),
    Entry("privacy:override", OFFICER, kwargs=of()),
    Entry("privacy:override", OFFICER, kwargs=of(), method="post", data=REASON),
    Entry("privacy:resend", OFFICER, kwargs=of(), method="post"),
    Entry("privacy:deny", OFFICER, kwargs=of()),
    Entry("privacy:deny", OFFICER, kwargs=of(), method="post", data=REASON | {"basis": "tax law"}),
    Entry("privacy:cancel", OFFICER, kwargs=of()),
    Entry("privacy:cancel", OFFICER, kwargs=of(), method="post", data=REASON),
    Entry("privacy:pause", OFFICER, kwargs=of()),
    Entry("privacy:pause", OFFICER, kwargs=of(), method="post", data=in_a_week),
    Entry("privacy:extend", OFFICER, kwargs=of()),
    Entry("privacy:extend", OFFICER, kwargs=of(), method="post", data=REASON),
    Entry("privacy:resume", OFFICER, kwargs=of(state=State.PAUSED, paused_from="received"), method="post"),
    Entry("privacy:unmask", OFFICER, kwargs=with_identifier),
    Entry("privacy:unmask", OFFICER, kwargs=with_identifier, method="post", data=REASON),
    Entry("privacy:decide-edge", OFFICER, kwargs=with_link, method="post", data=REASON | {"decision": "dismissed"}),
    Entry("privacy:retry", OFFICER, kwargs=with_step, method="post"),
    Entry("privacy:plan", OFFICER, kwargs=of(state=State.PLANNING)),
    Entry("privacy:make-plan", OFFICER, kwargs=of(state=State.PLANNING), method="post"),
    Entry("privacy:exclude", OFFICER, kwargs=with_finding, method="post", data=REASON),
    Entry("privacy:submit-plan", OFFICER, kwargs=of(state=State.PLANNING), method="post"),
    Entry("privacy:approve", OFFICER, kwargs=of(state=State.AWAITING_APPROVAL)),
    Entry("privacy:approve", OFFICER, kwargs=of(state=State.AWAITING_APPROVAL), method="post", data={"code": "1"}),
    Entry("privacy:send-back", OFFICER, kwargs=of(), method="post", data=REASON),
    Entry("privacy:proof", PROOF_READERS, kwargs=proved()),
    Entry("privacy:download", PROOF_READERS, kwargs=proved(form="json")),
    Entry("privacy:texts", OFFICER),
    Entry("privacy:text", OFFICER, kwargs={"kind": "done"}),
    Entry("privacy:text", OFFICER, kwargs={"kind": "cancelled"}, method="post", data=OWN_TEXT),
    Entry("privacy:text-restore", OFFICER, kwargs={"kind": "cancelled"}, method="post", data={"language": "en"}),
    Entry("privacy:letters", OFFICER),
    Entry("privacy:letter", OFFICER, kwargs=on_paper),
    Entry("privacy:letter", OFFICER, kwargs=on_paper, method="post"),
    Entry(
        "api:privacy-intake",
        NONE,
        method="post",
        data={"email": "dana@example.com"},
        content_type="application/json",
        token="privacy:intake",
    ),
    Entry(
        "api:suppression-check",
        NONE,
        method="post",
        data={"records": [{"kind": "email", "value": "x@example.com", "event_time": "2026-11-22T00:00:00Z"}]},
        content_type="application/json",
        token="suppression:check",
    ),
]
