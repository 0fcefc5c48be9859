"""A signed waiver lets a finding through, and every later verdict shows it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from contracts_app import services as contracts
from contracts_app.services.waivers import Waived
from portal.core.signing.proofs import PasswordAndCode
from tests.contracts_app import life
from tests.gates.asking import FIRST, event, finding, found, question, tell, verdict

pytestmark = pytest.mark.django_db
REASON = "the supplier delivers the missing column on Friday"


def waive(estate, clock, rule, path, *, days=5, job=""):
    what = Waived(rule=rule, path=path, job=job)
    end = clock.now() + timedelta(days=days)
    waiver = contracts.ask_waiver(user=estate.hal, what=what, reason=REASON, expires_at=end, key=uuid.uuid4())
    challenge = contracts.begin_waiver_signature(user=estate.hal, waiver=waiver)
    proof = PasswordAndCode(estate.password, estate.code("hal"))
    return contracts.sign_waiver(user=estate.hal, waiver=waiver, challenge_id=challenge.pk, proof=proof)


def test_a_waived_finding_lets_through_and_every_later_verdict_shows_it_until_it_ends(estate, clock):
    tell(estate, event(clock.now()))
    body = question(writes=[{"asset": "demo/customer_events"}])
    assert verdict(estate, body)["verdict"] == "fail"
    waiver = waive(estate, clock, "contract.none", "demo/customer_events")
    for _ in range(2):
        answer = verdict(estate, body)
        assert answer["verdict"] == "pass"
        assert answer["gates"][0]["state"] == "waived"
        shown = finding(answer, "contract.none")["waiver"]
        assert (shown["reason"], shown["signer"]) == (REASON, estate.hal.name)
    contracts.revoke_waiver(user=estate.hal, waiver=waiver, reason="it was a mistake")
    assert verdict(estate, body)["verdict"] == "fail"


def test_a_waiver_for_another_job_or_one_that_has_ended_lets_nothing_through(estate, clock):
    tell(estate, event(clock.now()))
    body = question(writes=[{"asset": "demo/customer_events"}])
    waive(estate, clock, "contract.none", "demo/customer_events", job="demo/another")
    assert verdict(estate, body)["verdict"] == "fail"
    waive(estate, clock, "contract.none", "demo/customer_events", days=1, job="demo/ingest_events")
    assert verdict(estate, body)["verdict"] == "pass"
    clock.move(days=1, seconds=1)
    assert verdict(estate, body)["verdict"] == "fail"


def test_a_waived_row_of_the_change_report_shows_in_every_verdict_about_that_version(ready, clock):
    text = FIRST.decode().replace("add_to_cart, purchase]", "add_to_cart, purchase, refund]")
    text = text.replace("1.2.0", "2.0.0")
    version = life.propose(ready, text.encode())
    (row,) = [one for one in version.report["changes"] if "W" in one["gates"]]
    what = Waived(rule=row["kind"], path=row["path"], version=version)
    end = clock.now() + timedelta(days=20)
    waiver = contracts.ask_waiver(user=ready.ana, what=what, reason=REASON, expires_at=end, key=uuid.uuid4())
    assert "schema.waived" not in found(verdict(ready, question(version)))
    challenge = contracts.begin_waiver_signature(user=ready.hal, waiver=waiver)
    proof = PasswordAndCode(ready.password, ready.code("hal"))
    contracts.sign_waiver(user=ready.hal, waiver=waiver, challenge_id=challenge.pk, proof=proof)
    shown = finding(verdict(ready, question(version)), "schema.waived")
    assert (shown["state"], shown["path"], shown["waiver"]["reason"]) == ("waived", row["path"], REASON)
    clock.move(days=20, seconds=1)
    assert "schema.waived" not in found(verdict(ready, question(version)))
