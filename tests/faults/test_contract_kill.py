"""kill -9 at every step of a contract's life, and its news twice and in disorder: nothing lost, nothing doubled."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import uuid
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection, transaction

from contracts_app import services
from contracts_app.models import Contract, SignatureLink, Version
from contracts_app.selectors.readers import readers_of
from portal.core.catalog.services import add_team_address, adopt_asset
from portal.core.events.models import Cursor, Event
from portal.core.events.registry import consumers
from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor
from portal.core.notify.models import Message
from portal.core.signing.models import Signature
from slo_app.models import Slo
from tests.contracts_app.life import again, propose, sign
from tests.passkeys import SoftPasskey

ROOT = Path(__file__).resolve().parents[2]
FIRST = """\
name: orders_v1
version: 1.0.0
owner: data-platform@example.com
on_call: "#data-oncall"
asset: {namespace: faults, name: orders, kind: table, tier: 3}
schema:
  order_id: {type: string, required: true, unique: true}
  placed_at: {type: timestamp, required: true}
slos:
  freshness_minutes: {target: 15}
change_policy: {breaking_change_notice_days: 14, deprecation_window_days: 30, contact: data-platform@example.com}
"""
SECOND = FIRST.replace("1.0.0", "2.0.0").replace("target: 15", "target: 30") + (
    "consumers: [{team: product-analytics@example.com, purpose: funnels}]\n"
)


class Mortal:
    """The process of `dying_contracts`, asked to do a job and to die at a step of it."""

    def __init__(self, var: Path) -> None:
        command = [sys.executable, "-m", "tests.faults.dying_contracts", connection.settings_dict["NAME"], str(var)]
        env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, die_at: int = 0, **job) -> dict | None:
        """What the job answered; None where it was killed before it could."""
        self.process.stdin.write(json.dumps(job | {"die_at": die_at}) + "\n")
        self.process.stdin.flush()
        answer = None
        while "died" not in (told := json.loads(self.process.stdout.readline())):
            answer = told
        assert told["died"] or told["code"] == 0, told
        return None if told["died"] else answer

    def killed_at_every_step(self, after_each, **job) -> dict:
        """Try the job until it lives, killed one step later each time; `after_each` looks at what each death left.

        A death that left something behind starts the count anew: what comes after it has steps of its own.
        """
        deaths, step, before = 0, 1, _fingerprint()
        while (answer := self.run(step, **job)) is None:
            deaths += 1
            after_each()
            left = _fingerprint()
            step, before = (step + 1, before) if left == before else (1, left)
        after_each()
        assert answer["steps"] < step, "it should have died"
        return answer | {"deaths": deaths}


def _fingerprint() -> tuple:
    """What a death may have left behind."""
    rows = [model.objects.count() for model in (Entry, Event, Message, Signature, Slo)]
    return (*rows, *Version.objects.values_list("state", flat=True), *Cursor.objects.values_list("event_id", flat=True))


@pytest.fixture
def mortal(db, settings):
    mortal = Mortal(settings.VAR_DIR)
    yield mortal
    mortal.process.communicate(timeout=30)
    assert mortal.process.returncode == 0


@pytest.fixture
def estate(world):
    actor = system_actor("tests")
    add_team_address(text="data-platform@example.com", team=world.platform, kind="email")
    add_team_address(text="#data-oncall", team=world.platform, kind="channel")
    add_team_address(text="product-analytics@example.com", team=world.analytics, kind="email")
    adopt_asset(actor=actor, namespace="faults", name="orders", kind="table", owner_team=world.platform)
    return world


def books_balance() -> None:
    """Each thing that happened to a version is once in its row, once in the ledger and once in the news; or nowhere."""
    for version in Version.objects.select_related("contract"):
        mine = {"payload__contract": version.contract.name, "payload__version": version.number}
        entries = Counter(Entry.objects.filter(**mine).values_list("kind", flat=True))
        news = Counter(Event.objects.filter(payload__version_id=version.pk).values_list("topic", flat=True))
        happened = {
            "proposed": version.proposed_at is not None,
            "scheduled": version.signed_at is not None,
            "activated": version.activated_at is not None,
        }
        for what, done in happened.items():
            found = (entries[f"contracts:version:{what}"], news[f"contracts.version.{what}"])
            assert found == (int(done), int(done)), f"{version}: {what} in the ledger and in the news: {found}"
        ends = {"deprecated": version.deprecated_at is not None, "retired": version.state == "retired"}
        assert entries["contracts:version:ended"] == sum(ends.values())
        assert [news[f"contracts.version.{what}"] for what in ends] == [int(done) for done in ends.values()]
        signatures = SignatureLink.objects.filter(version=version, voided_at=None).count()
        assert entries["contracts:version:signed"] == signatures
    for contract in Contract.objects.all():
        assert contract.versions.filter(state="active").count() <= 1
    keys = Message.objects.values_list("dedup_key", flat=True)
    assert len(keys) == len(set(keys))


def told_of(version: Version, news: str) -> int:
    """How many letters are in the outbox about one piece of news of a version."""
    return Message.objects.filter(dedup_key__startswith=f"contracts:{version.pk}:{news}:").count()


@pytest.mark.django_db(transaction=True)
def test_versions_come_into_force_and_go_though_the_worker_dies_at_every_step(estate, clock, mortal):
    first = propose(estate, FIRST.encode())
    sign(estate, "ana", first)
    assert again(first).state == "active"
    second = propose(estate, SECOND.encode())
    sign(estate, "ana", second)
    assert again(second).state == "scheduled"
    clock.move(days=15)
    assert mortal.killed_at_every_step(books_balance, do="tick")["deaths"] > 15
    assert mortal.killed_at_every_step(books_balance, do="news")["deaths"] > 15
    first, second = again(first), again(second)
    assert (first.state, second.state) == ("deprecated", "active")
    assert Entry.objects.filter(kind="contracts:answer:notified", payload__version="2.0.0").count() == 1
    assert told_of(second, "activated") == len({reader.address for reader in readers_of(second)}) > 0
    assert [(slo.kind, float(slo.target_value)) for slo in Slo.objects.filter(enabled=True)] == [("freshness", 30.0)]
    clock.move(days=31)
    assert mortal.killed_at_every_step(books_balance, do="tick")["deaths"] > 3
    assert again(first).state == "retired"
    assert mortal.run(do="tick")["moved"] == 0
    books_balance()


@pytest.mark.django_db(transaction=True)
def test_a_signature_is_given_once_though_the_server_dies_at_every_step_of_it(estate, mortal):
    version = propose(estate, FIRST.encode())
    passkey = SoftPasskey.enrol(estate, "ana")
    challenge = services.begin_signature(user=estate.ana, version=version)
    told = {
        "user": estate.ana.pk,
        "version": version.pk,
        "challenge": str(challenge.pk),
        "assertion": passkey.sign(challenge).answer,
    }

    def all_or_nothing() -> None:
        books_balance()
        given = (Signature.objects.count(), SignatureLink.objects.count(), again(version).state)
        assert given in {(0, 0, "proposed"), (1, 1, "active")}, given

    done = mortal.killed_at_every_step(all_or_nothing, do="sign", **told)
    # A death after the commit loses only the answer: the browser's second try is then refused as signed already.
    assert done.get("signed") == "producer" or "refused" in done
    assert done["deaths"] > 5
    assert again(version).state == "active"
    replay = mortal.run(do="sign", **told)
    assert "refused" in replay
    all_or_nothing()


@pytest.mark.django_db(transaction=True)
def test_a_push_that_dies_at_any_step_can_be_sent_again_under_its_key_and_proposes_once(estate, mortal):
    token = estate.token("contracts:write", namespaces=("*",))
    told = {"token": token, "key": str(uuid.uuid4()), "content": FIRST}
    done = mortal.killed_at_every_step(books_balance, do="push", **told)
    assert done["deaths"] > 5
    assert done["status"] in {200, 201}
    version = Version.objects.get()
    assert (version.state, bytes(version.authored)) == ("proposed", FIRST.encode())
    for _ in range(2):
        again_answer = mortal.run(do="push", **told)
        assert (again_answer["status"], again_answer["body"]) == (200, done["body"])
    assert Version.objects.count() == 1
    assert Event.objects.filter(topic="contracts.version.proposed").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(6))
def test_news_delivered_twice_and_in_disorder_leaves_the_same_slos_and_the_same_letters(estate, clock, seed):
    for content in (FIRST, SECOND):
        version = propose(estate, content.encode())
        sign(estate, "ana", version)
        clock.move(days=15)
        services.activate_due()
    clock.move(days=31)
    services.retire_due()
    events = list(Event.objects.filter(topic__startswith="contracts."))
    deliveries = [(who, event) for who in consumers.values() for event in events if event.topic in who.topics] * 2
    random.Random(seed).shuffle(deliveries)
    for who, event in deliveries:
        with transaction.atomic():
            who.handle(event)
    active = Version.objects.get(state="active")
    assert [(s.kind, float(s.target_value), s.enabled) for s in Slo.objects.all()] == [("freshness", 30.0, True)]
    assert told_of(active, "activated") == len({reader.address for reader in readers_of(active)})
    books_balance()
