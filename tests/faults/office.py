"""What happens inside a portal that a test started: its people, its systems, and a request brought to where it dies.

Each function runs in a process of that portal (`Stand.run`), with that portal's settings and servers.
"""

import time
from typing import Any


def people(**systems: Any) -> dict[str, Any]:
    """Save the cast, register systems given as {name: {kind, settings, object_name, placed}}; who is signed in."""
    from portal.core.catalog import services as catalog
    from portal.core.identity.actors import system_actor
    from tests.people import build_world

    world, actor = build_world(), system_actor("tests")
    for name, each in systems.items():
        team = world.platform if each["kind"] == "manual" else None
        system = catalog.register_system(
            actor=actor, name=name, kind=each["kind"], settings=each["settings"], owner_team=team
        )
        asset = catalog.adopt_asset(actor=actor, namespace="shop", name=f"{name}.people", kind="table")
        catalog.place(asset=asset, system=system, object_name=each["object_name"], settings=each["placed"])
    sessions = {who: world.client(who).cookies["sessionid"].value for who in ("ana", "petra")}
    return {"sessions": sessions, "token": world.token("privacy:intake")}


def submitted(email: str) -> dict[str, Any]:
    """A request whose plan waits for Petra's signature; the portal's own workers resolve and look."""
    from portal.core.identity.actors import system_actor
    from portal.core.identity.models import User
    from privacy_app.domain.request import State
    from privacy_app.models import Plan
    from privacy_app.services import acceptance, findings, identity, intake, planning

    pia, petra = (User.objects.get(email=f"{who}@example.org") for who in ("pia", "petra"))
    request = intake.receive(actor=system_actor("tests"), channel="staff", email=email, code=False)
    identity.override(user=pia, request_id=request.pk, reason="known at the counter")
    _wait_for(request, "state", State.PLANNING)
    plan = planning.begin(user=pia, request_id=request.pk)
    _wait_for(plan, "state", Plan.State.DRAFT)
    for finding in plan.findings.all():
        findings.exclude(user=pia, finding_id=finding.pk, reason="no data of people")
    planning.submit(user=pia, plan_id=plan.pk)
    apart = {item.key: True for item in acceptance.items(plan)}
    acceptance.decide(user=petra, request_id=request.pk, answers=apart)
    return {"req_id": request.req_id}


def handed(email: str) -> dict[str, Any]:
    """A request that is approved and whose step by hand waits for Ana: the task's number."""
    from portal.core.identity.models import User
    from portal.core.signing.proofs import PasswordAndCode
    from privacy_app.models import ByHandTask, Request
    from privacy_app.services import approval
    from tests.people import PASSWORD, World

    req_id = submitted(email)["req_id"]
    request, petra = Request.objects.get(req_id=req_id), User.objects.get(email="petra@example.org")
    challenge = approval.begin_approval(user=petra, request=request)
    proof = PasswordAndCode(PASSWORD, World({"petra": petra}, {}).code("petra"))
    approval.approve(
        user=petra, request_id=request.pk, challenge_id=str(challenge.pk), proof=proof, exclusive_approved=False
    )
    end = time.monotonic() + 60
    while not (task := ByHandTask.objects.filter(step__request=request).first()):
        assert time.monotonic() < end, "nobody handed the step over"
        time.sleep(0.2)
    return {"req_id": req_id, "task": task.pk}


def fresh_code(who: str) -> dict[str, str]:
    """A person's present one-time code, good once more even if it was used already."""
    from portal.core.identity.models import User
    from tests.people import World

    return {"code": World({who: User.objects.get(email=f"{who}@example.org")}, {}).code(who)}


def code_of(who: str, ahead: int = 0) -> str:
    """A person's one-time code, or the one that comes `ahead` periods later (one is tolerated)."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    from tests.people import secret_of

    return str(format_hotp_value(hotp_value(secret_of(who), int(time.time()) // 30 + ahead)))


def _wait_for(row: Any, name: str, wanted: Any) -> None:
    end = time.monotonic() + 90
    while getattr(row, name) != wanted:
        assert time.monotonic() < end, f"{name} stayed {getattr(row, name)}"
        time.sleep(0.2)
        row.refresh_from_db()
