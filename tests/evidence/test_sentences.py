"""Sentences of the ledger as people read them; what the leaf commits to is untouched by that."""

from contracts_app.evidence_kinds import SCHEDULED
from portal.core.evidence.models import Entry


def test_a_sentence_says_a_time_as_the_pages_do_and_leaves_a_name_in_its_letters() -> None:
    told = {
        "contract": "orders_v1",
        "version": "1.0.0",
        "digest": "sha256:" + "0" * 64,
        "notice_ends": "2026-11-23T14:39:10.960056+00:00",
    }
    entry = Entry(kind=SCHEDULED.name, payload=told, actor_id="a", actor_role="owner")
    assert entry.tell("Ana") == "orders_v1 1.0.0 is fully signed; its notice ends 23 Nov 2026, 14:39 UTC."
    assert entry.payload["notice_ends"].startswith("2026-11-23T14:39:10")
