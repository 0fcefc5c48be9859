"""Questions to the gate: repeated, too large, unreadable, of another namespace."""

from __future__ import annotations

import uuid

import pytest

from portal.gates.models import GateRun
from tests.gates.asking import ask, question, verdict

pytestmark = pytest.mark.django_db


def test_the_same_key_gives_the_same_verdict_and_one_run(ready):
    key = str(uuid.uuid4())
    first, second = (verdict(ready, question(ready.version), key=key) for _ in range(2))
    assert first == second
    assert GateRun.objects.count() == 1


def test_a_token_for_another_namespace_is_told_so(ready):
    answer = ask(ready, question(ready.version), namespaces=("shop*",))
    assert answer.status_code == 403
    assert "namespace demo" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "null", "{", '{"job": 1}', '{"job": {"namespace": "a", "name": ""}}', "[" * 100_000,
        '{"job": {"namespace": "a", "name": "b"}, "writes": {}}',
        '{"job": {"namespace": "a", "name": "b"}, "writes": [{}]}',
        '{"job": {"namespace": "a", "name": "b"}, "writes": [{"asset": "x", "line": -1}]}',
        '{"job": {"namespace": "a", "name": "b"}, "writes": [{"asset": "x\\u0000"}]}',
        '{"job": {"namespace": "a", "name": "b"}, "commit": "a\\nb"}',
        '{"job": {"namespace": "a", "name": "b"}, "events": "no"}',
        '{"job": {"namespace": "a", "name": "b"}, "image": "' + "x" * 501 + '"}',
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_read_is_refused_with_a_sentence(world, body):
    answer = ask(world, body)
    assert answer.status_code == 422
    assert answer.json()["detail"].endswith(".")
    assert GateRun.objects.count() == 0


def test_a_question_of_more_than_five_megabytes_is_refused_as_such(world):
    assert ask(world, b" " * (5 * 1024 * 1024 + 1)).status_code == 413


def test_a_link_that_is_no_web_address_is_not_kept(ready):
    answer = verdict(ready, question(ready.version, ci_url="javascript:alert(1)"))
    assert GateRun.objects.get(pk=answer["id"]).ci_url == ""
