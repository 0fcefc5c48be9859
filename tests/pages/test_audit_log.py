"""The audit log: who did what, found by actor, object and period; its files; and nothing beyond one's rights."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from portal.core.evidence.domain.canonical import canonical_bytes
from portal.core.evidence.kinds import declare
from portal.core.evidence.models import Entry
from portal.core.evidence.services import record, sequence_all
from portal.core.evidence.verify import parse_checkpoint
from portal.core.identity.actors import actor_of

pytestmark = pytest.mark.django_db
SET = declare("tests:audit:set", fields=("asset", "to"), sentence="{actor} set {asset} to {to}.")


@pytest.fixture
def acts(world: Any) -> list[Entry]:
    """Ana acts twice on orders, Otto once on his own table, the last with a cell that a spreadsheet would run."""
    who = {name: actor_of(world.people[name]) for name in ("ana", "otto")}
    made = [
        record(SET, actor=who["ana"], payload={"asset": "demo/orders", "to": "one"}, team_id=world.platform.pk),
        record(SET, actor=who["ana"], payload={"asset": "demo/orders", "to": "two"}, team_id=world.platform.pk),
        record(SET, actor=who["otto"], payload={"asset": "=cmd()", "to": "x"}, team_id=world.logistics.pk),
    ]
    sequence_all()
    return made


def rows(world: Any, name: str, query: str = "") -> list[dict[str, str]]:
    answer = world.client(name).get(reverse("audit:csv") + query)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_acts_are_found_by_person_object_kind_and_day(world, acts) -> None:
    said = [row["what happened"] for row in rows(world, "aud")]
    assert said[:2] == ["Otto Outsider set =cmd() to x.", "Ana Owner set demo/orders to two."]
    assert [row["who"] for row in rows(world, "aud", "?actor=Otto")] == ["Otto Outsider"]
    assert len(rows(world, "aud", f"?actor={acts[0].actor_id}")) == 2
    assert [row["about"] for row in rows(world, "aud", "?about=demo/orders&kind=tests:audit:set")] == [
        "demo/orders"
    ] * 2
    assert rows(world, "aud", "?until=2001-01-01") == []
    assert rows(world, "aud", "?actor=nobody+of+that+name") == []
    page = world.client("aud").get(reverse("audit:log"), {"actor": "ana"}).content.decode()
    assert "set demo/orders to two" in page
    assert "=cmd()" not in page


def test_everybody_sees_as_far_as_their_rights_reach(world, acts) -> None:
    assert {row["about"] for row in rows(world, "ana")} == {"demo/orders"}
    assert {row["about"] for row in rows(world, "otto", "?actor=Ana")} == set()
    assert len(rows(world, "aud")) == Entry.objects.count()


def test_no_cell_of_the_file_is_a_formula(world, acts) -> None:
    for row in rows(world, "aud"):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())
    assert "'=cmd()" in {row["about"] for row in rows(world, "aud")}


def test_the_lines_of_json_carry_the_head_and_leaves_that_hash_to_the_ledger(world, acts) -> None:
    answer = world.client("aud").get(reverse("audit:ndjson"))
    head, *lines = [json.loads(line) for line in b"".join(answer.streaming_content).decode().splitlines()]
    assert parse_checkpoint(head["checkpoint"])[1] == len(lines)
    for line in lines:
        leaf = sha256(b"\0" + canonical_bytes(line["leaf"])).digest()
        with connection.cursor() as cursor:
            cursor.execute("SELECT hash FROM evidence_node WHERE level = 0 AND index = %s", [line["number"]])
            assert bytes(cursor.fetchone()[0]) == leaf


def test_a_long_log_is_streamed_whole_and_in_order(world, acts, monkeypatch) -> None:
    monkeypatch.setattr("portal.pages.audit.exporting.CHUNK", 2)
    numbers = [int(row["entry"]) for row in rows(world, "aud")]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == Entry.objects.count() >= 3


@pytest.mark.parametrize("minutes", [(0, 0, 0, 0, 0), (0, -1, -2, -3, -4), (1, 0, 3, 2, 4)])
def test_a_period_is_read_whole_page_by_page_whatever_order_the_clocks_gave(world, clock, monkeypatch, minutes) -> None:
    ana, here = actor_of(world.ana), 0
    for minute in minutes:
        clock.move(minutes=minute - here)
        here = minute
        record(SET, actor=ana, payload={"asset": "demo/orders", "to": str(minute)}, team_id=world.platform.pk)
    monkeypatch.setattr("portal.pages.audit.exporting.CHUNK", 2)
    monkeypatch.setattr("portal.pages.audit.views.PAGE", 2)
    until = f"{clock.now() + timedelta(days=1):%Y-%m-%d}"
    got = [int(row["entry"]) for row in rows(world, "aud", f"?until={until}")]
    assert sorted(got) == list(Entry.objects.order_by("pk").values_list("pk", flat=True))
    pages, before = [], ""
    while before is not None:
        answer = world.client("aud").get(reverse("audit:log"), {"until": until, "before": before})
        pages += [entry.pk for entry, *_ in answer.context["rows"]]
        before = answer.context["next"]
    assert pages == got


def test_a_filter_that_is_none_is_said_and_gives_no_file(world, acts) -> None:
    for name in ("audit:log", "audit:csv", "audit:ndjson"):
        assert world.client("aud").get(reverse(name), {"since": "yesterday"}).status_code == 422


def test_the_page_says_what_it_does_not_cover_and_shows_the_head(world, acts) -> None:
    page = world.client("aud").get(reverse("audit:log")).content.decode()
    assert "Head of the chain" in page
    assert "What this does not cover" in page
    assert "privacy:identifier:unmasked" in page
