"""The projected graph is a pure function of the events: nothing is left of their order, number and batches."""

import json
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lineage_app.domain.events import body_digest, parse
from lineage_app.domain.graph_hash import graph_hash
from lineage_app.domain.knowing import held_edges
from lineage_app.domain.projection import graph_of
from lineage_app.domain.runs import Received
from lineage_app.domain.spoken import namespaces
from lineage_app.models import ColumnEdge, ColumnUse, Dataset, Edge, Inbox, Job, RunEdge
from lineage_app.selectors import graph_content, graph_digest
from lineage_app.selectors.moments import Moment
from lineage_app.services import project_all, project_batch, rebuild
from lineage_app.services.ingest import Sent, keep_many
from tests.lineage_app.many_events import any_event

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
END = datetime(2026, 3, 1, 11, tzinfo=UTC)


class Token:
    """Covers the namespace demo only."""

    pk = None

    def covers(self, namespace: str) -> bool:
        return namespace == "demo"


def received(bodies: dict[bytes, int]) -> list[Received]:
    """The events as they are kept; `bodies` says at which minute each came first."""
    found = []
    for body, minute in bodies.items():
        event = parse(body)
        foreign = not all(Token().covers(each) for each in namespaces(event))
        at = NOON + timedelta(minutes=minute)
        found.append(Received(event, body_digest(body).hex(), foreign, None, at))
    return found


def rows(model: Any, *fields: str) -> list[tuple[Any, ...]]:
    return sorted(model.objects.values_list(*fields), key=str)


def everything() -> dict[str, Any]:
    """What a rebuild has to leave as it is, times included."""
    ends = ("src__name", "dst__name", "job__name")
    return {
        "hash": graph_digest(),
        "edges": rows(Edge, *ends, "state", "is_foreign", "first_seen", "last_seen", "first_known"),
        "held": rows(RunEdge, *ends, "state", "is_foreign", "first_at", "seen_at", "known_from", "known_to"),
        "columns": rows(ColumnEdge, *ends, "src_field", "dst_field", "first_seen", "last_seen"),
        "uses": rows(ColumnUse, "dataset__name", "job__name", "columns__digest", "first_seen", "last_seen"),
        "datasets": rows(Dataset, "name", "root__name", "facets", "kind", "layer"),
        "jobs": rows(Job, "name", "parent__name", "facets"),
    }


@given(st.lists(st.tuples(any_event, st.integers(0, 4)), max_size=14), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_shuffled_doubled_and_split_anyhow_the_database_holds_what_the_events_say(
    db: None, sent: list[tuple[dict[str, Any], int]], chance: Any
) -> None:
    again = [(json.dumps(each).encode(), minute) for each, minute in sent]
    again += [item for item in again if chance.random() < 0.4]
    chance.shuffle(again)
    first_minutes = dict(reversed(again))
    with transaction.atomic():
        for minute, group in groupby(again, key=lambda item: item[1]):
            parts = [Sent(parse(body), body) for body, _ in group]
            keep_many(parts, token=Token(), at=NOON + timedelta(minutes=minute))
            if chance.random() < 0.6:
                project_batch(chance.randint(1, 4))
        project_all()
        assert not Inbox.objects.exists()
        _check(received(first_minutes))
        transaction.set_rollback(True)


def _check(events: list[Received]) -> None:
    pure, projected = graph_of(events), graph_content()
    assert set(projected.nodes) == set(pure.nodes)
    assert set(projected.edges) == set(pure.edges)
    assert set(projected.columns) == set(pure.columns)
    before = everything()
    assert before["hash"] == graph_hash(pure)
    assert Edge.objects.filter(Moment(as_of=END).on_edges()).count() == Edge.objects.count()
    _check_what_was_known(events)
    rebuild()
    assert everything() == before


def _check_what_was_known(events: list[Received]) -> None:
    fields = ("src__name", "dst__name", "job__namespace", "job__name", "state", "is_foreign")
    for minute in range(5):
        at = NOON + timedelta(minutes=minute)
        until = [item for item in events if item.received_at <= at]
        subjects = {item.event.subject for item in until}
        pure = {
            (key.src.name, key.dst.name, *(key.job or (None, None)), str(key.state), key.foreign)
            for subject in subjects
            for key, _, _, known_to in held_edges(item for item in until if item.event.subject == subject)
            if known_to is None
        }
        held = RunEdge.objects.filter(Moment(known_at=at).on_run_edges()).values_list(*fields)
        assert set(held) == pure
