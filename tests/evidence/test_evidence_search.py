"""Searching the ledger as an auditor does: by words, by what an entry is about, by role and period."""

import re
from html import unescape

import pytest
from django.db import connection
from django.urls import reverse

from portal.core.evidence.actors import Actor
from portal.core.evidence.kinds import declare
from portal.core.evidence.models import Entry
from portal.core.evidence.search import newest_first, with_value, with_words
from portal.core.evidence.selectors import entries_with
from portal.core.evidence.services import expire_artifact, place_hold, record, store_artifact
from portal.core.identity.actors import actor_of
from tests.evidence.conftest import NOTED

OTHER = declare("tests:thing:moved", fields=("request", "system"), sentence="{actor} moved {request} out of {system}.")


def text_of(response):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def rows_of(response):
    found = re.findall(r'<th scope="row"><a href="/evidence/entries/\d+/">(.*?)</a>', response.content.decode())
    return [unescape(each) for each in found]


@pytest.fixture
def aud(world):
    return world.client("aud")


@pytest.fixture
def some(world):
    record(
        NOTED, actor=actor_of(world.ana), payload={"subject": "demo/customer_events", "digest": "sha256:" + "a" * 64}
    )
    record(NOTED, actor=actor_of(world.otto), payload={"subject": "demo/orders", "digest": ""})
    auditor = Actor("u-2", "auditor+head_of_data")
    record(OTHER, actor=auditor, payload={"request": "DEL-2026-05-04-0001", "system": "warehouse"})


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("text=customer", ["Ana Owner noted demo/customer_events as owner."]),
        ("text=ana+noted+EVENTS", ["Ana Owner noted demo/customer_events as owner."]),
        ("text=noted", ["Otto Outsider noted demo/orders as owner.", "Ana Owner noted demo/customer_events as owner."]),
        ("text=moved+out+ware", ["Auditor and head of data u-2 moved DEL-2026-05-04-0001 out of warehouse."]),
        ("text=moved+orders", []),
        ("about=DEL-2026-05-04-0001", ["Auditor and head of data u-2 moved DEL-2026-05-04-0001 out of warehouse."]),
        ("about=warehouse", ["Auditor and head of data u-2 moved DEL-2026-05-04-0001 out of warehouse."]),
        ("about=ware", []),
        (f"about=sha256:{'a' * 64}", ["Ana Owner noted demo/customer_events as owner."]),
        ("role=auditor%2Bhead_of_data", ["Auditor and head of data u-2 moved DEL-2026-05-04-0001 out of warehouse."]),
        ("app=tests&kind=tests:thing:moved&text=nothing", []),
    ],
)
def test_a_search_finds_the_entries_whose_sentence_or_fields_say_it(aud, some, asked, found):
    assert rows_of(aud.get(f"/evidence/?app=tests&{asked}")) == found


@pytest.mark.parametrize("words", ["'--", "a' | 'b", ":*", "&!()", "\\", "<script>", "%_", "x" * 200])
def test_a_hostile_search_is_only_words(aud, some, words):
    answer = aud.get("/evidence/", {"text": words, "about": words})
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().split("<main")[1]


def test_an_owner_finds_nothing_that_is_not_about_their_assets(world, note):
    note("ours", team_id=world.platform.pk)
    note("theirs", team_id=world.logistics.pk)
    ana = world.client("ana")
    assert rows_of(ana.get("/evidence/?text=noted"))[0].endswith("noted ours as owner.")
    assert len(rows_of(ana.get("/evidence/?text=noted"))) == 1
    assert rows_of(ana.get("/evidence/?about=theirs")) == []


def test_an_entry_shows_what_else_happened_to_the_same_thing(aud, some):
    auditor = Actor("u-2", "auditor+head_of_data")
    later = record(OTHER, actor=auditor, payload={"request": "DEL-2026-05-04-0001", "system": "lake"})
    page = text_of(aud.get(later.get_absolute_url()))
    assert "Also about DEL-2026-05-04-0001" in page
    assert "moved DEL-2026-05-04-0001 out of warehouse" in page
    assert "What this does not cover" in page
    assert [each.pk for each in entries_with("DEL-2026-05-04-0001")][-1] == later.pk


def test_a_file_that_an_entry_names_is_handed_out_to_who_reads_the_entry_and_says_when_it_is_gone(
    aud, world, note, own_var, clock
):
    stored = store_artifact(b"{}", media_type="application/json", name="proof.json", retain_days=1)
    entry = note("a proof", stored.digest, world.platform.pk)
    address = reverse("evidence:entry-file", args=[entry.pk, stored.digest])
    answer = aud.get(address)
    assert (answer.content, answer["Content-Disposition"]) == (b"{}", 'attachment; filename="proof.json"')
    assert world.client("otto").get(address).status_code == 403
    assert aud.get(reverse("evidence:entry-file", args=[entry.pk, "sha256:" + "0" * 64])).status_code == 404
    place_hold(stored.digest, actor=actor_of(world.aud), reason="a court")
    assert "On hold" in text_of(aud.get(entry.get_absolute_url()))
    other = store_artifact(b"[]", media_type="application/json", name="other.json", retain_days=1)
    entry = note("another", other.digest)
    clock.move(days=2)
    with connection.cursor():
        expire_artifact(other.digest, actor=actor_of(world.aud))
    assert "Expired" in text_of(aud.get(entry.get_absolute_url()))


def plan_of(query):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {query}")
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.mark.parametrize(
    ("where", "index"),
    [
        ("""jsonb_path_query_array(payload, '$.*') @> '["warehouse"]'""", "evidence_by_value"),
        ("evidence_words(payload) @@ 'ware:*'::tsquery", "evidence_by_word"),
        ("kind = 'tests:x:y' OR evidence_words(payload) @@ 'ware:*'::tsquery OR actor_id IN ('u')", "evidence_by_word"),
    ],
)
def test_each_way_of_searching_has_its_index(db, where, index):
    assert index in plan_of(f"SELECT * FROM evidence_entry WHERE {where}")


def test_a_word_that_nothing_holds_is_asked_of_its_index_and_not_of_every_row(db):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for found in (with_words(Entry.objects.all(), "nothing", lambda _: []), with_value(Entry.objects.all(), "nothing")):
        assert "Bitmap Index Scan on evidence_by_" in newest_first(found)[:51].explain()
