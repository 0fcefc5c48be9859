"""A projector or a rebuild killed at each of its steps, under load: every kept event is in the graph, once."""

import json
import random
import signal
import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from lineage_app.domain.events import body_digest, parse
from lineage_app.domain.graph_hash import graph_hash
from lineage_app.domain.projection import graph_of
from lineage_app.domain.runs import Received
from lineage_app.models import Inbox, RawEvent, Run
from lineage_app.selectors import graph_digest
from lineage_app.services import ensure_partitions, project_all
from lineage_app.services.ingest import Sent, keep_many
from tests.faults import dying
from tests.lineage_app.sending import event
from tests.lineage_app.test_projection import linked, with_columns

NOW = datetime(2026, 11, 23, tzinfo=UTC)
STEPS = [
    ("before", "derive_subjects"),
    ("after", "save_job_facets"),
    ("after", "save_dataset_facets"),
    ("after", "save_runs"),
    ("after", "save_io"),
    ("after", "save_columns"),
    ("before", "save_edges"),
    ("after", "save_edges"),
    ("after", "derive_subjects"),
    ("after", "_project"),
    ("after", "project_batch"),
]
STEPS_OF_REBUILD = [
    ("after", "_begin", 0),
    ("after", "remove_runs_without_events", 0),
    ("before", "project_subjects", 0),
    ("after", "project_subjects", 2),
    ("after", "_derive", 3),
    ("after", "_sweep_jobs", 0),
    ("after", "_sweep_datasets", 0),
    ("before", "_end", 1),
]


class Token:
    pk = 1

    def covers(self, namespace: str) -> bool:
        return True


@pytest.fixture
def partitions():
    """Partitions are back for the tests after this one, which find an empty database."""
    ensure_partitions(NOW)
    yield
    ensure_partitions(NOW)


def some_bodies(seed: int, count: int) -> list[bytes]:
    chance = random.Random(seed)
    names = [*"abcd", linked("a", "z"), with_columns("b", mail="email"), with_columns("d", x="y")]
    return [
        json.dumps(
            event(
                chance.choice(["START", "RUNNING", "COMPLETE", "COMPLETE", "FAIL"]),
                minute=chance.randrange(50),
                inputs=chance.sample(names, 2),
                outputs=chance.sample(names, 2),
                run=seed * 1000 + chance.randrange(count // 2),
                job=chance.choice(["load", "train"]),
            )
        ).encode()
        for _ in range(count)
    ]


def send(bodies: list[bytes]) -> None:
    keep_many([Sent(parse(body), body) for body in bodies], token=Token(), at=NOW)


def pure() -> str:
    """The hash of the graph that the kept events say, computed without the projector."""
    rows = RawEvent.objects.values_list("body", "is_foreign")
    events = [(parse(body.encode()), body_digest(body.encode()).hex(), foreign) for body, foreign in rows]
    return graph_hash(graph_of(Received(*each) for each in events))


def worker(work: str, when: str = "", step: str = "", survived: int = 0) -> int:
    code, said = dying.run("dying_projector", work, when, step, survived)
    assert code in (0, -signal.SIGKILL), said
    return code


@pytest.mark.django_db(transaction=True)
def test_every_event_is_in_the_graph_once_wherever_the_projector_is_killed_under_load(partitions):
    sent: list[bytes] = []
    chance = random.Random(4)
    for number, (when, step) in enumerate(STEPS):
        bodies = some_bodies(number, 60)
        again = [*bodies, *chance.sample(sent, min(len(sent), 20))]  # what came before comes again, in any order
        chance.shuffle(again)
        send(again[:30])
        late = threading.Thread(target=_send_and_close, args=(again[30:],))  # ingest does not wait for the projector
        late.start()
        assert worker("project", when, step, survived=number % 2) == -signal.SIGKILL, step
        late.join()
        sent += bodies
    assert worker("project") == 0
    assert not Inbox.objects.exists()
    assert RawEvent.objects.count() == len(set(sent))
    assert sum(Run.objects.values_list("events", flat=True)) == len(set(sent))
    assert graph_digest() == pure()


def _send_and_close(bodies: list[bytes]) -> None:
    send(bodies)
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_killed_anywhere_leaves_the_graph_as_it_was_and_the_next_one_ends(partitions):
    send(some_bodies(1, 60))
    project_all()
    expected = graph_digest()
    for number, (when, step, survived) in enumerate(STEPS_OF_REBUILD):
        assert worker("rebuild", when, step, survived) == -signal.SIGKILL, step
        assert graph_digest() == expected, step
        send(some_bodies(2 + number, 10))
        project_all()
        expected = graph_digest()
        assert expected == pure()
    assert worker("rebuild") == 0
    assert graph_digest() == expected
