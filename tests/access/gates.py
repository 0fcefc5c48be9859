"""Who may reach each page and operation of the gates and of waivers, as the table of acts says."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

from tests.access_entry import ALL, NONE, Entry

QUESTION = json.dumps({"job": {"namespace": "demo", "name": "nightly"}, "writes": [{"asset": "demo/none"}]})
PUSHED = """\
name: pushed_v1
version: 1.0.0
owner: Data Platform
asset: {namespace: demo, name: pushed, kind: table, tier: 3}
schema:
  id: {type: string, required: true}
  at: {type: timestamp, required: true}
slos:
  freshness_minutes: {target: 15, alert: "> 20"}
"""
ASKERS = {"contributor", "owner", "outsider", "head_of_data"}
SIGNER = {"head_of_data"}


def _run(world):
    from portal.core.clock.services import now
    from portal.gates.models import GateRun

    at = now()
    made = GateRun.objects.create(key=uuid.uuid4(), namespace="demo", name="n", verdict="fail", at=at, told_at=at)
    return {"pk": made.pk}


def _waiver(world):
    from contracts_app import services
    from contracts_app.services.waivers import Waived
    from portal.core.clock.services import now

    made = services.ask_waiver(
        user=world.hal,
        what=Waived(rule="contract.none", path="demo/none"),
        reason="the contract is being written this week",
        expires_at=now() + timedelta(days=3),
        key=uuid.uuid4(),
    )
    return {"pk": made.pk}


def _asked(world):
    return {"rule": "contract.none", "path": "demo/none", "reason": "it is being written", "days": "3",
            "idempotency_key": str(uuid.uuid4())}  # fmt: skip


def _record(world):
    from portal.core.clock.services import now

    told = {"id": str(uuid.uuid4()), "at": now().isoformat(), "why": "away", "request": json.loads(QUESTION)}
    return json.dumps(told)


JSON = "application/json"
ACCESS = [
    Entry("gates:list", ALL),
    Entry("gates:run", ALL, _run),
    Entry("contracts:waivers", ALL),
    Entry("contracts:waiver", ALL, _waiver),
    Entry("contracts:new_waiver", ASKERS),
    Entry("contracts:new_waiver", ASKERS, None, "post", _asked),
    Entry("contracts:sign_waiver", SIGNER, _waiver),
    Entry("contracts:sign_waiver", SIGNER, _waiver, "post", {"challenge": "0", "password": "x", "code": "000000"}),
    Entry("contracts:revoke_waiver", SIGNER, _waiver),
    Entry("contracts:revoke_waiver", SIGNER, _waiver, "post", {"reason": "a mistake"}),
    Entry("api:gate-verdict", NONE, None, "post", data=QUESTION, content_type=JSON, token="gate:read"),
    Entry("api:gate-records", NONE, None, "post", data=_record, content_type=JSON, token="gate:read"),
    Entry("api:contracts-list", NONE, token="contracts:read"),
    Entry(
        "api:contracts-push",
        NONE,
        None,
        "post",
        data=PUSHED,
        content_type="application/yaml",
        token="contracts:write",
    ),
]
