"""Removing archives moves the horizon: what is left of the graph is what the events that are left say."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from lineage_app.models import ArchivedSubject, Dataset, Edge, Fact, Job, LineageArchive, RawEvent, Run
from lineage_app.selectors import graph_digest
from lineage_app.selectors.horizon import before_horizon, horizon
from lineage_app.services import archive_old, rebuild, remove_archives, remove_due
from lineage_app.services.archive_files import path_of
from lineage_app.services.pruning import HorizonRefused
from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor
from tests.lineage_app.sending import event

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ACTOR = system_actor("tests")
MARCH, APRIL = "2022-03-{:02d}T10:00:00Z", "2022-04-{:02d}T10:00:00Z"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> Any:
    settings.LINEAGE_ARCHIVES = tmp_path / "archives"
    return settings.LINEAGE_ARCHIVES


def at(time: str, **more: Any) -> dict[str, Any]:
    return {**event(**more), "eventTime": time}


def named(name: str, **facets: Any) -> dict[str, Any]:
    return {"namespace": "demo", "name": name, "facets": facets}


def code(sha: str) -> dict[str, Any]:
    return {"sourceCodeLocation": {"type": "git", "url": "https://git.example/built", "version": sha}}


def symlinks(*names: str) -> dict[str, Any]:
    return {"identifiers": [{"namespace": "demo", "name": name, "type": "TABLE"} for name in names]}


def as_after_a_rebuild() -> dict[str, Any]:
    facets = {
        (row.namespace, row.name): (row.facets, row.kind, row.root_id, type(row).__name__)
        for row in Dataset.objects.all()
    }
    jobs = {(row.namespace, row.name): (row.facets, row.parent_id) for row in Job.objects.all()}
    said = set(Fact.objects.values_list("kind", "value", "job__name", "dataset__name"))
    edges = sorted(Edge.objects.values_list("src", "dst", "job", "state", "first_seen", "last_seen", "first_known"))
    return {
        "graph": graph_digest(),
        "facets": facets,
        "jobs": jobs,
        "edges": edges,
        "runs": Run.objects.count(),
        "facts": said,
    }


def test_without_events_there_is_no_horizon(db: None) -> None:
    assert horizon() is None
    assert before_horizon(NOW, None) is None


def test_the_horizon_is_the_oldest_run_until_archives_are_removed(send: Callable) -> None:
    send(at(MARCH.format(5), run=1), at(APRIL.format(5), run=2), event(run=3))
    assert horizon() == datetime(2022, 3, 5, 10, tzinfo=UTC)
    archive_old(NOW)
    assert horizon() == datetime(2022, 3, 5, 10, tzinfo=UTC)
    assert remove_archives(date(2022, 4, 1), actor=ACTOR, at=NOW) == 1
    assert horizon() == datetime(2022, 4, 1, tzinfo=UTC)
    assert before_horizon(None, datetime(2022, 3, 31, tzinfo=UTC)) == horizon()
    assert before_horizon(datetime(2022, 4, 1, tzinfo=UTC)) is None


def test_what_only_removed_events_said_leaves_the_graph_and_the_rest_is_as_after_a_rebuild(
    send: Callable, folder: Any
) -> None:
    built = [(MARCH, 31, "0a"), (MARCH, 32, "1b"), (APRIL, 33, "1b"), (APRIL, 34, "2c")]
    parent = {"parent": {"run": {"runId": "p"}, "job": {"namespace": "demo", "name": "dag"}}}
    send(
        at(MARCH.format(1), run=1, inputs=["gone"], outputs=[named("kept", symlinks=symlinks("twin"))]),
        at(MARCH.format(2), run=2, kind="START", inputs=["spans"], outputs=[], job="long", run_facets=parent),
        at(APRIL.format(2), run=2, inputs=[], outputs=["kept"], job="long"),
        at(APRIL.format(3), run=3, inputs=[named("kept", schema={"fields": []})], outputs=["made"]),
        at(MARCH.format(3), run=4, inputs=["a"], outputs=["twin"]),
        *(at(when.format(20), run=run, job="built", job_facets=code(sha)) for when, run, sha in built),
        event(run=5, inputs=["twin"], outputs=["made"]),
        at(MARCH.format(9), kind="STATIC", inputs=["x"], outputs=["y"], job="declared"),
    )
    archive_old(NOW)
    removed = LineageArchive.objects.get(month=date(2022, 3, 1))
    file = path_of(removed.digest)
    assert file.exists()
    assert remove_archives(date(2022, 4, 1), actor=ACTOR, at=NOW) == 1
    after = as_after_a_rebuild()
    rebuild()
    assert as_after_a_rebuild() == after
    assert after["runs"] == 5
    assert {value for kind, value, *_ in after["facts"] if kind == "revision"} == {"1b", "2c"}
    assert not file.exists()
    assert not ArchivedSubject.objects.filter(archive=removed).exists()
    removed.refresh_from_db()
    assert removed.removed_at == NOW
    assert Entry.objects.get(kind="lineage:archive:removed").payload["digest"] == removed.digest


def test_events_of_a_removed_month_that_come_late_are_accepted_and_the_horizon_stays(send: Callable) -> None:
    send(at(MARCH.format(1), run=1))
    archive_old(NOW)
    remove_archives(date(2022, 4, 1), actor=ACTOR, at=NOW)
    send(at(MARCH.format(2), run=2))
    assert Run.objects.count() == 1
    (archive,) = archive_old(NOW)
    assert archive.events == 1
    assert horizon() == datetime(2022, 4, 1, tzinfo=UTC)
    assert remove_archives(date(2022, 4, 1), actor=ACTOR, at=NOW) == 1
    assert Run.objects.count() == 0


def test_removing_takes_what_still_waits_in_the_database_too(send: Callable) -> None:
    send(at(MARCH.format(1), run=1))
    assert remove_archives(date(2022, 4, 1), actor=ACTOR, at=NOW) == 1
    assert RawEvent.objects.count() == 0
    assert Run.objects.count() == 0


def test_within_retention_nothing_is_removed(send: Callable) -> None:
    with pytest.raises(HorizonRefused, match="none after"):
        remove_archives(date(2026, 1, 1), actor=ACTOR, at=NOW)
    with pytest.raises(HorizonRefused, match="whole months"):
        remove_archives(date(2022, 1, 2), actor=ACTOR, at=NOW)


def test_archives_stay_for_ever_unless_a_second_retention_is_set(send: Callable, settings: Any) -> None:
    send(at(MARCH.format(1), run=1), at(APRIL.format(1), run=2))
    archive_old(NOW)
    assert remove_due(NOW) == 0
    settings.LINEAGE_ARCHIVE_DAYS = (NOW - datetime(2022, 4, 15, tzinfo=UTC)).days
    assert remove_due(NOW) == 1
    assert [row.month for row in LineageArchive.objects.filter(removed_at=None)] == [date(2022, 4, 1)]
    assert remove_due(NOW) == 0


def test_the_command_removes_by_month(send: Callable) -> None:
    send(at(MARCH.format(1), run=1))
    call_command("lineage_archive")
    out = StringIO()
    call_command("lineage_archive", remove_before="2022-04", stdout=out)
    assert "1 archives removed" in out.getvalue()
    with pytest.raises(CommandError, match="no month"):
        call_command("lineage_archive", remove_before="April")


def test_a_page_that_is_asked_for_a_time_before_the_horizon_names_its_date(world: Any, send: Callable) -> None:
    send(at(MARCH.format(1), run=1), at(APRIL.format(1), run=2))
    archive_old(NOW)
    remove_archives(date(2022, 4, 1), actor=ACTOR, at=NOW)
    dataset = Dataset.objects.get(name="b")
    page = world.client("ana").get(dataset.get_absolute_url(), {"as_of": "2022-03-15T00:00"}).content.decode()
    assert "Before the horizon" in page
    assert "2022-04-01" in page
