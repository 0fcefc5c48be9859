"""News reaches each consumer once, and a consumer that fails is told again."""

import pytest
from django.db import transaction

from portal.core.events import registry
from portal.core.events.models import Cursor
from portal.core.events.services import consume_all, publish


@pytest.fixture
def heard(monkeypatch):
    """A consumer of `test.topic` that notes what it was told."""
    told: list[dict] = []
    monkeypatch.setattr(registry, "consumers", {})
    monkeypatch.setattr("portal.core.events.services.consumers", registry.consumers)
    registry.consumer(name="test", topics=("test.topic",))(lambda event: told.append(event.payload))
    return told


@pytest.mark.django_db
def test_a_consumer_hears_each_event_once_and_only_its_topics(heard):
    publish("test.topic", {"n": 1})
    publish("other.topic", {"n": 2})
    publish("test.topic", {"n": 3})
    assert consume_all() == 2
    assert consume_all() == 0
    assert heard == [{"n": 1}, {"n": 3}]


@pytest.mark.django_db
def test_a_consumer_that_raises_stays_where_it_is_and_hears_again(monkeypatch, heard):
    broken = True

    def handle(event):
        if broken:
            raise RuntimeError("away")
        heard.append(event.payload)

    registry.consumers.clear()
    registry.consumer(name="shaky", topics=("test.topic",))(handle)
    publish("test.topic", {"n": 1})
    assert consume_all() == 0
    assert heard == []
    broken = False
    assert consume_all() == 1
    assert heard == [{"n": 1}]
    assert Cursor.objects.get(consumer="shaky").failures == 0


@pytest.mark.django_db(transaction=True)
def test_news_outside_of_a_transaction_is_refused():
    with pytest.raises(transaction.TransactionManagementError, match="inside a transaction"):
        publish("test.topic", {})


@pytest.mark.django_db(transaction=True)
def test_a_writer_that_commits_late_is_not_passed_over(heard):
    """Two writers: the one that began first commits last; reading by id alone would lose its event."""
    import threading

    begun, release = threading.Event(), threading.Event()

    def slow_writer():
        from django.db import connection

        with transaction.atomic():
            publish("test.topic", {"n": "slow"})
            begun.set()
            release.wait(10)
        connection.close()

    writer = threading.Thread(target=slow_writer)
    writer.start()
    begun.wait(10)
    with transaction.atomic():
        publish("test.topic", {"n": "quick"})
    consume_all()
    release.set()
    writer.join()
    consume_all()
    assert sorted(p["n"] for p in heard) == ["quick", "slow"]
