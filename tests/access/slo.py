"""Who may open the SLO pages, and who may handle an incident of Data Platform."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.core.catalog.models import Asset
from portal.core.clock.services import now
from slo_app.models import Alert, Drill, Incident, Silence, Slo
from tests.access_entry import ALL, Entry
from tests.people import World

HANDLERS = {"owner", "on_call"}


def a_slo(world: World) -> Slo:
    asset = Asset.objects.create(namespace="tests", name="orders", kind="table", owner_team=world.platform)
    minute = timedelta(minutes=1)
    return Slo.objects.create(
        asset=asset, kind="freshness", target_op="<=", target_value=15, alert_op=">", alert_value=20,
        hold=5 * minute, clear_for=5 * minute, interval=minute, objective=Decimal("0.99"),
        owner_team=world.platform, runbook=[{"phase": "Fix", "text": "Rerun the job."}],
        element="event_ts", created_at=now(), next_due_at=now(),
    )  # fmt: skip


def slo(world: World) -> dict[str, Any]:
    return {"pk": a_slo(world).pk}


def incident(world: World) -> dict[str, Any]:
    promise = a_slo(world)
    alert = Alert.objects.create(slo=promise, dedup_key="k" * 64, phase="firing", watched_since=now(), fired_at=now())
    made = Incident.objects.create(
        alert=alert, slo=promise, kind="breach", severity="page", fired_at=now(), runbook=promise.runbook
    )
    return {"pk": made.pk}


def first_step(world: World) -> dict[str, Any]:
    return incident(world) | {"number": 0}


def silence(world: World) -> dict[str, Any]:
    made = Silence.objects.create(
        team=world.platform, matchers={"kind": "freshness"}, starts_at=now(), ends_at=now() + timedelta(hours=1),
        reason="planned work", author=world.ana, created_at=now(),
    )  # fmt: skip
    return {"pk": made.pk}


def new_silence(world: World) -> dict[str, str]:
    until = (now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    wish = {"team": "platform", "kind": "freshness", "ends_at": until, "reason": "planned work"}
    return wish | {"idempotency_key": "7f3b0a52-0000-4000-8000-000000000001"}


def drill(world: World) -> dict[str, Any]:
    started = {"started_at": now(), "started_by": world.ana, "key": uuid.uuid4()}
    return {"pk": Drill.objects.create(team=world.platform, **started).pk}


ACCESS = [
    Entry("slos:board", ALL),
    Entry("slos:slo", ALL, slo),
    Entry("slos:new", {"owner", "outsider"}),
    Entry("slos:new", {"owner", "outsider"}, method="post"),
    Entry("slos:edit", {"owner"}, slo),
    Entry("slos:edit", {"owner"}, slo, "post", {"do": "check"}),
    Entry("slos:switch", {"owner"}, slo),
    Entry("slos:switch", {"owner"}, slo, "post", {"on": "no"}),
    Entry("slos:probe", HANDLERS, slo, "post"),
    Entry("slos:incident", ALL, incident),
    Entry("slos:incident-state", ALL, incident),
    Entry("slos:acknowledge", HANDLERS, incident, "post"),
    Entry("slos:silence", HANDLERS, incident, "post", {"silence-minutes": "60", "silence-reason": "planned work"}),
    Entry("slos:resolve", HANDLERS, incident, "post", {"resolve-cause": "late partition"}),
    Entry("slos:postmortem", HANDLERS, incident, "post", {"postmortem-text": "what was learnt"}),
    Entry("slos:step", HANDLERS, first_step, "post", {"done": "yes"}),
    Entry("slos:silences", ALL),
    Entry("slos:silence-page", ALL, silence),
    Entry("slos:silence-new", {*HANDLERS, "outsider"}),
    Entry("slos:silence-new", {*HANDLERS, "outsider"}, method="post", data=new_silence),
    Entry("slos:silence-end", HANDLERS, silence, "post"),
    Entry("slos:incidents", ALL),
    Entry("slos:response", ALL),
    Entry("slos:drills", ALL),
    Entry("slos:drill", ALL, drill),
    Entry("slos:drill-new", {*HANDLERS, "outsider"}),
    Entry("slos:drill-new", HANDLERS, method="post", data={"team": "platform", "idempotency_key": str(uuid.uuid4())}),
]
