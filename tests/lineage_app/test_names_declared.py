"""Edges that people declare: events of the portal's own, declared until a run shows them, withdrawn by another one."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from lineage_app.domain.names import Name
from lineage_app.models import Dataset, Declaration, Edge, RawEvent
from lineage_app.selectors import graph_digest
from lineage_app.services import link_assets, project_all, rebuild
from lineage_app.services.declaring import DeclarationRefused, declare_edge, withdraw_edge
from portal.core.catalog.services import adopt_asset
from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor
from tests.lineage_app.sending import event

JOB = Name("demo", "by hand")


def declared(user: Any, src: str, dst: str, *, job: Name = JOB, new: bool = False) -> Declaration:
    return declare_edge(
        user=user,
        src=Name("demo", src),
        dst=Name("demo", dst),
        job=job,
        reason="I copy it every Monday",
        new_names=new,
        key=uuid.uuid4(),
    )


def edges() -> set[tuple[str, str, str, str]]:
    rows = Edge.objects.select_related("src", "dst", "job")
    return {(row.src.name, row.dst.name, row.job.name, row.state) for row in rows}


def test_a_declared_edge_is_declared_until_a_run_shows_it_and_goes_when_withdrawn(send: Any, world: Any) -> None:
    send(event(inputs=["a"], outputs=["b"]))
    row = declared(world.ada, "sheet", "b", new=True)
    project_all()
    loaded = ("a", "b", "load", "seen")
    assert edges() == {loaded, ("sheet", "b", "by hand", "declared")}
    send(event(run=2, inputs=["sheet"], outputs=["b"], job="by hand"))
    assert ("sheet", "b", "by hand", "seen") in edges()
    withdraw_edge(user=world.ada, row=row)
    withdraw_edge(user=world.ada, row=row)
    project_all()
    assert edges() == {loaded, ("sheet", "b", "by hand", "seen")}
    kinds = sorted(Entry.objects.filter(kind__startswith="lineage:edge").values_list("kind", flat=True))
    assert kinds == ["lineage:edge:declared", "lineage:edge:withdrawn"]


def test_the_graph_stays_a_function_of_the_events(send: Any, world: Any) -> None:
    send(event(inputs=["a"], outputs=["b"]))
    rows = [declared(world.ada, name, "b", new=True) for name in ("x", "y", "z")]
    withdraw_edge(user=world.ada, row=rows[1])
    project_all()
    before = graph_digest()
    assert {edge[0] for edge in edges() if edge[3] == "declared"} == {"x", "z"}
    assert list(RawEvent.objects.filter(token=None).values_list("is_foreign", flat=True)) == [False] * 4
    rebuild()
    assert graph_digest() == before


def test_what_people_declare_and_what_the_job_states_do_not_take_each_others_place(send: Any, world: Any) -> None:
    send(event("STATIC", inputs=["a"], outputs=["b"], job="by hand"))
    declared(world.ada, "x", "b", new=True)
    send(event("STATIC", minute=9, inputs=["c"], outputs=["b"], job="by hand"))
    assert {edge[0] for edge in edges()} == {"x", "c"}


@pytest.mark.parametrize(
    ("src", "dst", "new", "words"),
    [
        ("nowhere", "b", False, "No event has named demo/nowhere yet"),
        ("b", "b", False, "does not feed itself"),
        ("", "b", True, "need a namespace and a name"),
    ],
)
def test_what_cannot_be_declared_is_refused_with_a_sentence(
    send: Any, world: Any, src: str, dst: str, new: bool, words: str
) -> None:
    send(event())
    with pytest.raises(DeclarationRefused, match=words):
        declared(world.ada, src, dst, new=new)
    assert not Declaration.objects.exists()


def test_declared_twice_is_refused_and_the_same_key_is_one(send: Any, world: Any) -> None:
    send(event())
    key = uuid.uuid4()
    names = {"src": Name("demo", "a"), "dst": Name("demo", "b"), "job": JOB}
    rows = {declare_edge(user=world.ada, **names, reason="", new_names=False, key=key).pk for _ in range(2)}
    assert len(rows) == 1
    with pytest.raises(DeclarationRefused, match="already"):
        declared(world.ada, "a", "b")


def test_the_team_of_the_target_declares_and_others_do_not(send: Any, world: Any) -> None:
    send(event())
    with pytest.raises(PermissionDenied):
        declared(world.bob, "a", "b")
    adopt_asset(actor=system_actor("tests"), namespace="demo", name="b", kind="table", owner_team=world.platform)
    link_assets()
    with pytest.raises(PermissionDenied):
        declared(world.otto, "a", "b")
    row = declared(world.bob, "a", "b")
    with pytest.raises(PermissionDenied):
        withdraw_edge(user=world.cleo, row=row)


def test_the_page_checks_first_declares_once_and_withdraws(send: Any, world: Any) -> None:
    send(event())
    target = Dataset.objects.get(name="b")
    ada = world.client("ada")
    url = f"/lineage/datasets/{target.pk}/declare/"
    asked = {
        "namespace": "demo",
        "name": "sheet",
        "job_namespace": "demo",
        "job_name": "by hand",
        "reason": "I copy it",
    }
    assert "No event has named demo/sheet yet" in ada.get(url, asked).content.decode()
    page = ada.get(url, {**asked, "new_names": "on"}).content.decode()
    assert "is new: no event has named it" in page
    assert "no run has shown it" in page
    assert not Declaration.objects.exists()
    key = page.split('name="idempotency_key" value="')[1].split('"')[0]
    for _ in range(2):
        ada.post(url, {**asked, "new_names": "True", "idempotency_key": key})
    row = Declaration.objects.get()
    project_all()
    shown = world.client("cleo").get(target.get_absolute_url()).content.decode()
    assert "I copy it" in shown
    assert "Ada Administrator" in shown
    ada.post(f"/lineage/names/declarations/{row.pk}/withdraw/")
    project_all()
    assert "Withdrawn" in world.client("cleo").get(target.get_absolute_url()).content.decode()
    assert not Edge.objects.filter(state="declared").exists()
