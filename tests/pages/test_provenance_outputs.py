"""Registering outputs through the API: once each, by a token that covers them, and nobody's address among them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from portal.pages.provenance.models import Output
from tests.pages.provenance_ground import SCORED, tell

GOOD = {"namespace": "demo", "output_id": "answer-1", "product": "demo/scores", "run_id": SCORED}


@pytest.fixture
def token(world) -> str:
    return world.token("outputs:write", namespaces=("demo*",))


def post(token: str, body: Any) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}"}
    return Client().post("/api/v1/outputs", data=data, content_type="application/json", headers=headers)


def get(token: str, query: str = "") -> Any:
    return Client().get(f"/api/v1/outputs{query}", headers={"Authorization": f"Bearer {token}"})


def test_the_same_batch_twice_is_stored_once_and_other_content_is_refused(token) -> None:
    first = post(token, {"outputs": [GOOD, GOOD | {"output_id": "answer-2"}]})
    assert (first.status_code, first.json()["summary"]["stored"]) == (201, 2)
    again = post(token, {"outputs": [GOOD, GOOD | {"output_id": "answer-2"}]})
    assert (again.status_code, again.json()["summary"]) == (
        200,
        {"received": 2, "stored": 0, "known": 2, "refused": 0},
    )
    other = post(token, {"outputs": [GOOD | {"run_id": "another"}]})
    assert (other.status_code, Output.objects.count()) == (422, 2)
    assert "already" in other.json()["detail"]
    assert Output.objects.get(output_id="answer-1").run_id == SCORED


def test_one_bad_output_does_not_cost_the_others_and_is_named_by_its_place(token) -> None:
    sent = [
        GOOD,
        GOOD | {"output_id": "ana@example.com"},
        GOOD | {"namespace": "shop"},
        GOOD | {"output_id": "answer-2"},
    ]
    answer = post(token, {"outputs": sent})
    assert answer.status_code == 201
    assert answer.json()["summary"] == {"received": 4, "stored": 2, "known": 0, "refused": 2}
    assert [each["index"] for each in answer.json()["failures"]] == [1, 2]
    assert "ana@example.com" not in answer.content.decode()
    assert not Output.objects.filter(namespace="shop").exists(), "the token does not cover it"


def test_two_that_differ_under_one_id_in_one_batch_are_the_first_and_a_refusal(token) -> None:
    answer = post(token, {"outputs": [GOOD, GOOD | {"run_id": "another"}]})
    assert answer.json()["summary"] == {"received": 2, "stored": 1, "known": 0, "refused": 1}
    assert Output.objects.get().run_id == SCORED


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"outputs": []}', b'{"outputs": 7}', b'{"outputs": "x"}', b"[" * 5000, b"\xff\xfe"]
)
def test_a_body_that_holds_no_outputs_is_a_sentence(token, body) -> None:
    answer = post(token, body)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_more_than_a_batch_is_refused_whole(token) -> None:
    many = [GOOD | {"output_id": f"a{n}"} for n in range(1001)]
    assert post(token, {"outputs": many}).status_code == 400
    assert not Output.objects.exists()


def test_a_token_reads_back_what_it_covers_page_by_page(token, world, monkeypatch) -> None:
    monkeypatch.setattr("portal.pages.provenance.api.SHOWN", 2)
    post(token, {"outputs": [GOOD | {"output_id": f"answer-{n}"} for n in range(3)]})
    first = get(token).json()
    assert [each["output_id"] for each in first["outputs"]] == ["answer-2", "answer-1"]
    rest = get(token, f"?before={first['next']}").json()
    assert ([each["output_id"] for each in rest["outputs"]], rest["next"]) == (["answer-0"], None)
    assert get(token, "?output_id=answer-1").json()["outputs"][0]["run_id"] == SCORED
    assert get(world.token("outputs:write", namespaces=("shop*",))).json()["outputs"] == []
    assert get(token, "?before=x").status_code == 400


def test_without_the_scope_nothing_is_registered_or_read(world) -> None:
    other = world.token("lineage:write")
    assert (post(other, {"outputs": [GOOD]}).status_code, get(other).status_code) == (403, 403)
    assert post("nothing", {"outputs": [GOOD]}).status_code == 401


def test_a_machine_asks_for_the_answer_and_is_told_what_everybody_is(world) -> None:
    tell(world)
    Output.objects.create(**GOOD, made_at="2026-03-01T10:56Z", registered_at="2026-03-01T10:56Z")
    reader = world.token("provenance:read")

    def ask(query: str) -> Any:
        return Client().get(f"/api/v1/provenance?{query}", headers={"Authorization": f"Bearer {reader}"})

    found = ask("q=output:answer-1")
    assert found.status_code == 200
    assert found.json()["run"]["run_id"] == SCORED
    assert found["Server-Timing"].startswith("answer;dur=")
    assert ask("q=model:demo/model").json()["choices"][0] == "model:demo/model@7"
    assert (ask("q=nothing-like-it").status_code, ask("q=").status_code) == (404, 404)
    assert ask("q=demo/orders&known_at=yesterday").status_code == 400
    assert ask("q=demo/orders&known_at=2026-03-01T00:00Z").json()["run"] is None


def test_the_list_of_outputs_is_filtered_by_its_address_and_each_leads_to_its_answer(world, token) -> None:
    post(token, {"outputs": [GOOD, GOOD | {"output_id": "report-9", "product": ""}]})
    page = world.client("cleo").get("/provenance/outputs/?text=report").content.decode()
    assert "report-9" in page
    assert "answer-1" not in page
    assert "/provenance/?q=output%3Ademo%2Freport-9" in page
    assert "No output fits" in world.client("cleo").get("/provenance/outputs/?text=zzz").content.decode()
