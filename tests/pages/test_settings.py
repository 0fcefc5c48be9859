"""Settings: each step's state follows the estate, nothing secret is shown, tests are real and recorded."""

from __future__ import annotations

import re
import socket
import threading
import time
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from portal.core.catalog.models import DataSystem
from portal.core.catalog.selectors import reachability
from portal.core.catalog.services import adopt_asset, register_system
from portal.core.evidence import keys
from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor
from portal.core.identity.models import Membership
from portal.core.identity.roles import Role
from portal.core.notify.models import Message
from portal.core.notify.services import deliver_waiting
from portal.pages.settings.effective import effective
from portal.pages.settings.health import parts
from portal.pages.settings.registry import steps
from slo_app.services.pulse import beat

pytestmark = pytest.mark.django_db
ACTOR = system_actor("tests")


def stands() -> dict[str, Any]:
    return {each.key: each.look() for each in steps()}


def page(world: Any, name: str, **kwargs: Any) -> str:
    answer = world.client("ada").get(reverse(f"settings:{name}", kwargs=kwargs))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_fresh_portal_has_everything_to_do_and_says_who_can(world) -> None:
    found = stands()
    for key in ("server-key", "secret-key", "mail", "system", "token", "contract", "rehearsal", "anchors"):
        assert found[key].kind == "wait", (key, found[key])
    text = unescape(page(world, "checklist"))
    for each in steps():
        assert each.title in text
        assert each.who in text


def test_a_stated_key_is_done_until_another_key_is_in_use(world, settings, tmp_path) -> None:
    client, url = world.client("ada"), reverse("settings:attest", args=["server-key"])
    assert keys.fingerprint(keys.server_key().public) in client.get(url).content.decode()
    assert client.post(url).status_code == client.post(url).status_code == 302
    [entry] = Entry.objects.filter(kind="settings:step:attested")
    assert entry.payload == {"step": "server-key", "about": keys.fingerprint(keys.server_key().public)}
    assert stands()["server-key"].done
    settings.EVIDENCE_KEY_FILE, settings.VAR_DIR = "", tmp_path
    assert "no longer in use" in stands()["server-key"].found
    assert world.client("ada").post(reverse("settings:attest", args=["mail"])).status_code == 404


def test_a_test_mail_goes_through_the_outbox_to_whoever_asked(world, mailoutbox, clock) -> None:
    world.client("ada").post(reverse("settings:mail"))
    assert stands()["mail"].word == "Waits"
    deliver_waiting()
    assert [message.to for message in mailoutbox] == [[world.ada.email]]
    assert stands()["mail"].done
    [entry] = Entry.objects.filter(kind="settings:mail:tried")
    assert world.ada.email not in str(entry.payload)


def test_mail_that_does_not_arrive_is_said_with_its_own_error(world, settings, clock) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", taken.getsockname()[1]
        world.client("ada").post(reverse("settings:mail"))
        deliver_waiting()
    found = stands()["mail"]
    assert found.word == "Does not work"
    assert found.found == Message.objects.get().last_error != ""


def test_people_teams_and_rotations_are_read_from_the_estate(world, settings) -> None:
    settings.PRIVACY_TEAM = settings.OPERATIONS_TEAM = ""
    assert stands()["officers"].done
    Membership.objects.filter(user=world.petra).delete()
    assert "1 more privacy officer" in stands()["officers"].found
    assert "names no team" in stands()["privacy-team"].found
    settings.PRIVACY_TEAM = "nobody-here"
    assert stands()["privacy-team"].word == "Does not work"
    settings.PRIVACY_TEAM = world.platform.slug
    assert stands()["privacy-team"].done
    adopt_asset(actor=ACTOR, namespace="demo", name="t", owner_team=world.platform)
    assert stands()["rotation"].done, "Dan is on call for the team"
    Membership.objects.filter(role=Role.ON_CALL.value).delete()
    assert "Data Platform" in stands()["rotation"].found


def a_system(name: str, path: Any) -> DataSystem:
    return register_system(actor=ACTOR, name=name, kind="sqlite", settings={"path": str(path)})


def test_a_connection_is_tried_for_real_and_the_ledger_has_a_word_for_it(world, settings, tmp_path) -> None:
    import sqlite3

    settings.SYSTEM_PATHS = [tmp_path]
    sqlite3.connect(tmp_path / "good.db").execute("CREATE TABLE t (id int)").connection.close()
    good, bad = a_system("good", tmp_path / "good.db"), a_system("bad", tmp_path / "none.db")
    assert "2 of 2 systems were never tested" in stands()["system"].found
    client = world.client("ada")
    for each in (good, bad):
        answer = client.post(reverse("catalog:ping", args=[each.pk]), {"back": "settings"})
        assert answer["Location"] == reverse("settings:systems")
    payloads = [entry.payload for entry in Entry.objects.filter(kind="catalog:system:tested").order_by("pk")]
    assert [(each["system"], each["probe"]) for each in payloads] == [("good", "answered"), ("bad", "did not answer")]
    assert "The newest test failed: bad" in stands()["system"].found
    text = page(world, "systems")
    assert "Did not answer" in text
    assert str(tmp_path) not in "".join(map(str, payloads))


def test_a_system_that_hangs_is_not_waited_for(world, settings) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings.SYSTEM_HOSTS = ["127.0.0.1"]
        port = silent.getsockname()[1]
        hangs = register_system(actor=ACTOR, name="hangs", kind="valkey", settings={"host": "127.0.0.1", "port": port})
        began = time.monotonic()
        found = reachability(hangs, within_s=0.5)
        assert time.monotonic() - began < 3
        assert [reached for _, reached, _ in found] == [False, False]
    for each in threading.enumerate():
        if each.name.startswith("reach"):
            each.join(30)


def test_the_settings_in_force_show_no_secret(world, monkeypatch) -> None:
    secret = "s3cret-value-of-a-test"
    for each in effective():
        if each.hidden:
            monkeypatch.setenv(each.name, secret)
    monkeypatch.setenv("CUSTODY_ORGANISATION", "Acme")
    monkeypatch.setenv("CUSTODY_WEBHOOK_PRIVATE_HOSTS", secret)
    text = page(world, "effective")
    assert secret not in text
    assert "Acme" in text
    assert text.count("Not shown") >= 8
    names = {each.name for each in effective()}
    assert {"SECRET_KEY", "DATABASE_URL", "EMAIL_HOST_PASSWORD", "EVIDENCE_KEY_FILE"} <= {
        each.name for each in effective() if each.hidden
    }
    assert re.search(r"CUSTODY_DEMO", text)
    assert len(names) > 40


def test_health_says_what_is_silent_what_waits_and_since_when(world, clock) -> None:
    found = {each.label: each for each in parts()}
    assert found["Broker's queue"].kind == "ok"
    assert found["Schedule and workers"].kind == "bad"
    beat()
    assert {each.label: each for each in parts()}["Schedule and workers"].kind == "ok"
    adopt_asset(actor=ACTOR, namespace="demo", name="t")
    ledger = {each.label: each for each in parts()}["Ledger entries without a number"]
    assert (ledger.word, ledger.waits) == ("Moving", 1)
    clock.move(minutes=5)
    found = {each.label: each for each in parts()}
    assert found["Ledger entries without a number"].word == "Late"
    assert found["Schedule and workers"].word == "Silent"
    assert "Late" in page(world, "health")
    assert found["Ledger entries without a number"].since < clock.now() - timedelta(minutes=4)


def test_a_broker_that_is_away_is_a_sentence_and_no_error(world, settings) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    [broker] = [each for each in parts() if each.label == "Broker's queue"]
    assert (broker.word, broker.kind) == ("Away", "bad")
