"""A rebuild leaves what the events say and nothing else, while events keep coming in."""

import json
from typing import Any

import pytest
from django.core.management import call_command

from lineage_app.domain.events import parse
from lineage_app.models import (
    ColumnEdge,
    Dataset,
    DatasetLink,
    Edge,
    FacetDraft,
    Inbox,
    Job,
    JobUse,
    RawEvent,
    Run,
    RunEdge,
    RunIO,
)
from lineage_app.services import project_all, rebuild
from portal.core.clock.services import now
from tests.lineage_app.sending import event, post
from tests.lineage_app.test_projection import linked, with_columns
from tests.lineage_app.test_pure_function import everything

SENT = (
    event("START", run=1, inputs=["a"], outputs=[]),
    event(run=1, minute=3, inputs=[linked("a", "z")], outputs=[with_columns("b", mail="email")]),
    event("FAIL", run=2, inputs=["b"], outputs=["c"]),
    event(run=2, minute=1, inputs=["b"], outputs=["c"]),
    event("STATIC", run=3, inputs=["c"], outputs=["d"], job="declared"),
)


def test_what_no_event_says_goes_and_what_was_damaged_comes_back(send: Any) -> None:
    send(*SENT)
    whole = everything()
    runs = dict(Run.objects.values_list("subject", "pk"))
    at, job, (a, b, *_) = now(), Job.objects.get(name="load"), Dataset.objects.order_by("name")
    stray = Run.objects.create(subject="0199a3c2-7d5e-7000-8000-0000000000ff", job=job, first_at=at, last_at=at)
    RunEdge.objects.create(run=stray, src=b, dst=a, state="seen", first_at=at, seen_at=at, known_from=at)
    Edge.objects.create(src=b, dst=a, state="seen", first_seen=at, last_seen=at, first_known=at)
    Edge.objects.filter(dst__name="c").delete()
    RunIO.objects.filter(role="output").delete()
    ColumnEdge.objects.update(src_field="wrong")
    DatasetLink.objects.all().delete()
    JobUse.objects.create(job=job, dataset=a, role="output")
    Dataset.objects.update(facets={"tags": ["2030-01-01", "f", {"wrong": True}]}, root=None, kind="model")
    Job.objects.update(facets={}, parent=None)
    rebuild()
    assert everything() == whole
    assert dict(Run.objects.values_list("subject", "pk")) == runs
    assert not JobUse.objects.filter(dataset=a, role="output").exists()
    assert not FacetDraft.objects.exists()


def test_events_that_come_while_it_runs_are_in_the_graph_afterwards(token: str, send: Any) -> None:
    send(*SENT)
    late = [event(run=8, minute=9, inputs=["late"], outputs=[linked("b", "y")]), event(run=0, inputs=["q"])]

    def meanwhile(done: int) -> None:
        if late:
            post(token, late.pop())
            project_all()

    rebuild(meanwhile, size=1)
    project_all()
    after = everything()
    assert {"late", "q"} <= set(Edge.objects.values_list("src__name", flat=True))
    rebuild()
    assert everything() == after


def break_run_one() -> str:
    """Make what is kept of run 1 unreadable and return the body that was."""
    subject = parse(json.dumps(event(run=1)).encode()).subject
    body = RawEvent.objects.get(subject=subject).body
    RawEvent.objects.filter(subject=subject).update(body="{")
    return body


@pytest.mark.parametrize("mend", ["lineage_retry", "lineage_rebuild"])
def test_an_event_that_was_set_aside_is_projected_after_a_fix(
    token: str, mend: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for run in range(1, 8):
        post(token, event(run=run, outputs=[f"out{run}"]))
    body = break_run_one()
    project_all()
    (aside,) = Inbox.objects.all()
    assert aside.failed_at
    assert "not JSON" in aside.error
    assert Edge.objects.count() == 6
    rebuild()
    assert "not JSON" in Inbox.objects.get().error
    RawEvent.objects.filter(body="{").update(body=body)
    call_command(mend)
    assert not Inbox.objects.exists()
    assert Edge.objects.count() == 7
    assert capsys.readouterr().out
