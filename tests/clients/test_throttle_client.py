"""`throttled` and `Throttle` against the real server, which is killed in between; none of it stops the job."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker
from django.conf import settings
from django.db import connection

from portal.client import Throttle, ThrottleDenied, throttled
from portal.core.catalog.models import Asset
from portal.core.clock.services import now
from portal.core.identity.models import User
from slo_app.models import Consumer, ConsumerClass, ThrottleLevel, ThrottleReach
from slo_app.models.throttle import digest_of
from tests.clients.serving import granian
from tests.faults.stand import free_port
from tests.people import World

CONSUMER = "demo/load"


class Portal:
    """Where a server is or will be, one asset with a level, and one consumer that reads it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.running = ExitStack()
        self.asset = Asset.objects.create(namespace="demo", name="orders", kind="table")
        self.token = World(people={}, teams={}).token("throttle:read")
        self.level = ThrottleLevel.objects.create(
            asset=self.asset, key=digest_of("demo/orders"), changed_at=now(), reach_at=now()
        )
        ThrottleReach.objects.create(
            asset=self.asset, consumer=digest_of(CONSUMER), namespace="demo", name="load", hops=1
        )

    def start(self, database: str) -> None:
        port = int(self.url.rsplit(":", 1)[1])
        self.running.enter_context(granian(database, settings.REDIS_URL, port=port, kill=True))

    def kill(self) -> None:
        self.running.close()

    def set(self, factor: float, **level: Any) -> None:
        ThrottleLevel.objects.filter(pk=self.level.pk).update(factor=factor, **level)

    def throttle(self, **options: Any) -> Throttle:
        return Throttle(self.url, self.token, CONSUMER, **{"timeout_s": 20.0} | options)

    def closed_class(self, kind: str = "batch") -> None:
        """Let a class of consumers fail closed."""
        person = User.objects.create(email="ada@example.org", name="Ada")
        ConsumerClass.objects.create(key=kind, on_unknown="deny", set_at=now(), set_by=person)

    def regulated(self) -> None:
        """Put the consumer into the class that a breach denies."""
        person = User.objects.create(email="ada@example.org", name="Ada")
        names = {"namespace": "demo", "name": "load", "kind": "regulated"}
        Consumer.objects.create(consumer=digest_of(CONSUMER), set_at=now(), set_by=person, **names)


@pytest.fixture
def portal(server: str) -> Portal:
    """A portal that serves, the same for every test here."""
    return Portal(server)


@pytest.fixture
def mortal(transactional_db: None, database: str) -> Iterator[Portal]:
    """A portal of the test's own, which it may kill."""
    made = Portal(f"http://127.0.0.1:{free_port()}")
    made.start(database)
    yield made
    made.kill()


@pytest.fixture
def database(postgres_server: Any) -> str:
    """Where the test's rows are."""
    return postgres_server.plan.database_url_of(connection.settings_dict["NAME"])


class Clock:
    """A monotonic clock that the test moves."""

    at = 100.0

    def __call__(self) -> float:
        return self.at


def test_an_answer_is_kept_for_its_max_age_and_asked_for_by_its_tag_after(portal):
    clock = Clock()
    throttle = portal.throttle(clock=clock)
    portal.set(0.5)
    first = throttle.ask("demo/orders")
    assert (first.decision, first.rate_factor, first.source) == ("degrade", 0.5, "portal")

    portal.set(0.1)
    clock.at += 29
    assert throttle.ask("demo/orders") is first
    clock.at += 2
    second = throttle.ask("demo/orders")
    assert second.rate_factor == 0.1

    clock.at += 31
    assert throttle.ask("demo/orders") is second  # 304: the same answer, read no second time


def test_the_portal_killed_in_between_the_last_answer_holds_then_its_on_unknown_and_then_the_portal_again(
    mortal, database
):
    clock = Clock()
    throttle = mortal.throttle(clock=clock)
    mortal.set(0.5)
    assert throttle.ask("demo/orders").rate_factor == 0.5
    mortal.kill()
    clock.at += 29
    assert throttle.ask("demo/orders").source == "portal"
    clock.at += 100
    held = throttle.ask("demo/orders")
    assert (held.rate_factor, held.source) == (0.5, "kept")
    clock.at += 300
    held = throttle.ask("demo/orders")
    assert (held.decision, held.source) == ("allow", "on_unknown")

    mortal.closed_class()
    mortal.set(0.1)
    mortal.start(database)
    clock.at += 11  # it rests for ten seconds after a failure
    assert throttle.ask("demo/orders").rate_factor == 0.1
    mortal.kill()
    clock.at += 400
    held = throttle.ask("demo/orders")
    assert (held.decision, held.source) == ("deny", "on_unknown")  # as the last good answer said


def test_a_portal_that_never_answered_lets_the_job_run_unless_it_fails_closed(transactional_db, caplog):
    portal, ran = Portal(f"http://127.0.0.1:{free_port()}"), []

    @throttled("demo/orders", throttle=portal.throttle())
    def load():
        ran.append(1)

    with caplog.at_level(logging.WARNING, "custody.throttle"):
        for _ in range(5):
            load()
    assert len(ran) == 5
    assert len(caplog.records) == 1  # it rests instead of asking, and complains once

    @throttled("demo/orders", throttle=portal.throttle(fail_closed=True))
    def careful():
        ran.append(2)

    with pytest.raises(ThrottleDenied):
        careful()
    assert 2 not in ran


def test_a_portal_without_its_database_cannot_tell_and_says_so_with_503(portal):
    nowhere = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    with granian(nowhere, settings.REDIS_URL) as url:
        request = urllib.request.Request(f"{url}/api/v1/throttle/demo/orders?consumer={CONSUMER}")
        request.add_header("Authorization", f"Bearer {portal.token}")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=30)
        with refused.value as said:
            assert (said.code, said.headers["Retry-After"]) == (503, "30")
            assert said.headers["Content-Type"] == "application/problem+json"
        assert Throttle(url, portal.token, CONSUMER, timeout_s=30).ask("demo/orders").decision == "allow"


def test_a_wrong_token_and_an_unknown_asset_are_logged_and_stop_nobody(portal, caplog):
    wrong = Throttle(portal.url, "custody_wrong", CONSUMER)
    with caplog.at_level(logging.WARNING, "custody.throttle"):
        assert wrong.ask("demo/orders").decision == "allow"
        assert portal.throttle().ask("demo/none").decision == "allow"
    assert "not known here" in caplog.records[0].message
    assert "demo/none" in caplog.records[1].message
    assert "custody_wrong" not in caplog.text


def test_a_denied_function_raises_with_the_reasons_and_when_to_ask_again(portal):
    portal.set(0.1, denies=True, reasons=[{"slo": "Accuracy of orders", "slo_id": 1, "text": "It is out of bounds."}])
    portal.regulated()

    @throttled("demo/orders", throttle=portal.throttle())
    def load():
        raise AssertionError("it must not run")

    with pytest.raises(ThrottleDenied, match="out of bounds") as caught:
        load()
    assert caught.value.retry_after_s == 30


def test_sampling_runs_the_share_and_delaying_keeps_the_function_at_the_share_of_its_time(portal):
    portal.set(0.5)
    throttle, ran = portal.throttle(), []

    @throttled("demo/orders", throttle=throttle, degrade="sample")
    def sampled(n):
        ran.append(n)
        return n

    assert [sampled(n) for n in range(6)] == [0, None, 2, None, 4, None]

    @throttled("demo/orders", throttle=throttle)
    def slow():
        time.sleep(0.1)

    began = time.monotonic()
    for _ in range(4):
        slow()
    assert time.monotonic() - began > 0.65  # four tenths of work and at least three of rest


def test_a_coroutine_is_throttled_without_holding_up_its_loop(portal):
    portal.set(0.5)

    @throttled("demo/orders", throttle=portal.throttle(), per_second=20)
    async def load(n):
        return n

    async def both():
        return await asyncio.gather(load(1), load(2), load(3))

    began = time.monotonic()
    assert asyncio.run(both()) == [1, 2, 3]
    assert time.monotonic() - began > 0.19  # ten a second


def test_many_threads_share_one_throttle_while_the_portal_is_killed(mortal):
    mortal.set(1.0)
    throttle, failed, ran = mortal.throttle(clock=time.monotonic), [], []
    stop = threading.Event()

    @throttled("demo/orders", throttle=throttle)
    def load():
        ran.append(1)

    def work():
        try:
            while not stop.is_set():
                load()
                throttle._kept.clear()  # as if every answer had expired
        except Exception as error:  # noqa: BLE001 - any of them is the failure looked for
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    while len(ran) < 50:
        time.sleep(0.01)
    mortal.kill()
    before = len(ran)
    while len(ran) < before + 200:
        time.sleep(0.01)
    stop.set()
    for thread in threads:
        thread.join(20)
    assert failed == []


@pytest.mark.parametrize("bound", [True, False])
def test_a_denied_celery_task_is_retried_later_and_runs_once_it_is_allowed(portal, bound):
    portal.set(1.0, unknown=True)
    portal.closed_class()
    clock = Clock()
    throttle, ran, retried = portal.throttle(clock=clock), [], []
    app = Celery("tests", broker="memory://", backend="cache+memory://")
    app.conf.update(worker_hijack_root_logger=False, broker_connection_retry_on_startup=True)

    class Noted(app.Task):
        """Notes a retry and its countdown, and shortens it so that the test need not wait."""

        def retry(self, *args, countdown=None, **kwargs):
            retried.append(countdown)
            portal.set(1.0, unknown=False)
            clock.at += 31
            return super().retry(*args, countdown=0.05, **kwargs)

    def body(*args):
        ran.append(args[-1])
        return "done"

    task = app.task(throttled("demo/orders", throttle=throttle)(body), name=f"load-{bound}", bind=bound, base=Noted)
    with start_worker(app, perform_ping_check=False, pool="solo", loglevel="ERROR"):
        assert task.delay(7).get(timeout=20) == "done"
    assert ran == [7]
    assert len(retried) == 1
    assert 30 <= retried[0] <= 38
