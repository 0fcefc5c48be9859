"""The ledger as the rooms above use it: recording, numbering, proving, and refusing to forget."""

import re

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from portal.core.evidence import keys, selectors, verify
from portal.core.evidence.actors import Actor
from portal.core.evidence.domain import merkle
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.kinds import declare
from portal.core.evidence.models import Checkpoint, Entry, Leaf, Node, Pending, PublicKey
from portal.core.evidence.services import record, sequence, sequence_all
from portal.core.evidence.tasks import sequence_entries
from tests.evidence.conftest import ANA, NOTED


def test_an_entry_says_in_words_who_did_what_in_which_role(note):
    assert note("customer_events").sentence == "Owner u-5d1c9a noted customer_events as owner."


def test_an_entry_whose_kind_is_no_longer_declared_still_shows_what_it_is(note):
    entry = note()
    entry.kind = "gone:room:acted"
    assert entry.sentence == "owner u-5d1c9a: gone:room:acted."


def test_an_entry_is_pending_until_the_sequencer_gives_it_a_number_under_a_signed_checkpoint(note):
    entry = note()
    assert selectors.entry_state(entry).word == "pending"
    assert sequence() == 1
    state = selectors.entry_state(entry)
    assert (state.word, state.index, state.checkpoint.size) == ("recorded", 0, 1)
    assert verify.note_signed(state.checkpoint.note, keys.server_key().public)


def test_entries_get_gapless_numbers_over_several_batches_and_every_one_is_proved_under_the_last_checkpoint(note):
    entries = [note(f"table {number}") for number in range(11)]
    while sequence(limit=4):
        pass
    assert list(Leaf.objects.order_by("index").values_list("index", flat=True)) == list(range(11))
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [4, 8, 11]
    assert not Pending.objects.exists()
    last = selectors.latest_checkpoint()
    for entry in entries:
        index, path, text = verify.parse_proof(selectors.inclusion_proof(entry.leaf.index, last), "index")
        leaf = merkle.leaf_hash(entry.leaf_bytes())
        assert text == last.note
        assert verify.inclusion_ok(leaf, index, last.size, path, bytes(last.root))


def test_each_checkpoint_continues_every_earlier_one(note):
    for number in range(9):
        note(str(number))
        sequence()
    checkpoints = list(Checkpoint.objects.order_by("size"))
    for old in checkpoints:
        for new in checkpoints[checkpoints.index(old) :]:
            size, path, _ = verify.parse_proof(selectors.consistency_proof(old.size, new), "old")
            assert verify.consistency_ok(size, new.size, path, bytes(old.root), bytes(new.root))


def test_the_worker_numbers_everything_that_waits_and_does_nothing_when_nothing_waits(note):
    for number in range(3):
        note(str(number))
    sequence_entries()
    sequence_entries()
    assert (Leaf.objects.count(), Checkpoint.objects.count()) == (3, 1)


def test_numbering_a_batch_takes_the_same_queries_whatever_its_length(note):
    def queries(count):
        for number in range(count):
            note(str(number))
        with CaptureQueriesContext(
            connection,
        ) as caught:
            sequence()
        return len(caught)

    queries(1)
    assert queries(2) == queries(40)


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_the_transaction_of_its_change_is_refused():
    with pytest.raises(RuntimeError, match="inside the transaction of its change"):
        record(NOTED, actor=ANA, payload={"subject": "x", "digest": ""})


@pytest.mark.django_db(transaction=True)
def test_an_entry_of_a_change_that_was_rolled_back_never_was():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(NOTED, actor=ANA, payload={"subject": "x", "digest": ""})
        raise ZeroDivisionError
    assert (Entry.objects.count(), sequence_all()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_two_sequencers_at_once_leave_one_gapless_row_of_numbers():
    from threading import Thread

    with transaction.atomic():
        for number in range(40):
            record(NOTED, actor=ANA, payload={"subject": str(number), "digest": ""})
    counts = []

    def work():
        try:
            while done := sequence(limit=7):
                counts.append(done)
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 40
    assert list(Leaf.objects.order_by("index").values_list("index", flat=True)) == list(range(40))
    assert len(list(Checkpoint.objects.all())) == len(counts)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"subject": "x"}, "lacks ['digest']"),
        ({"subject": "x", "digest": "", "more": "y"}, "has ['more']"),
        ({"subject": 1.5, "digest": ""}, "neither text nor a whole number"),
        ({"subject": True, "digest": ""}, "neither text nor a whole number"),
        ({"subject": 2**53, "digest": ""}, "beyond 2**53"),
        ({"subject": "a\0b", "digest": ""}, "control characters"),
        ({"subject": "x" * 2001, "digest": ""}, "longer than 2000"),
        ({"subject": "asked by jane.doe@example.org today", "digest": ""}, "looks like an e-mail address"),
    ],
)
def test_a_payload_that_must_not_enter_the_ledger_is_refused_and_its_value_is_not_repeated(db, payload, reason):
    with pytest.raises(ValueError, match=re.escape(reason)) as refused:
        record(NOTED, actor=ANA, payload=payload)
    assert "jane.doe" not in str(refused.value)
    assert not Entry.objects.exists()


def test_an_actor_is_never_an_address_or_a_name():
    with pytest.raises(ValueError, match="opaque"):
        Actor("ana@example.org", "owner")
    with pytest.raises(ValueError, match="digest"):
        Actor("u-1", "owner", "Ana Archer")


def test_a_kind_is_declared_once_with_a_sentence_that_uses_its_fields_only():
    assert declare("tests:fact:noted", fields=NOTED.fields, sentence=NOTED.sentence) == NOTED
    with pytest.raises(ValueError, match="declared twice"):
        declare("tests:fact:noted", fields=("other",), sentence="{actor} did.")
    with pytest.raises(ValueError, match="its fields do not have"):
        declare("tests:fact:guessed", fields=("one",), sentence="{two}")
    with pytest.raises(ValueError, match="app:subject:action"):
        declare("Noted", fields=(), sentence="")


TABLES = ["entry", "leaf", "node", "checkpoint", "publickey", "artifact", "expiry", "timestamp"]


@pytest.mark.parametrize("model", [Entry, Leaf, Node, Checkpoint, PublicKey])
def test_a_row_of_the_ledger_cannot_be_changed_or_deleted(note, model):
    note()
    sequence()
    for attempt in (
        lambda: model.objects.update(id=999),
        lambda: connection.cursor().execute(f"DELETE FROM {model._meta.db_table}"),
    ):
        with pytest.raises(DatabaseError, match="the ledger only grows"), transaction.atomic():
            attempt()
    assert model.objects.exists()


@pytest.mark.parametrize("table", TABLES)
def test_a_table_of_the_ledger_cannot_be_emptied(db, table):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE evidence_{table} ENABLE TRIGGER evidence_no_truncate")
        with pytest.raises(DatabaseError, match="the ledger only grows"), transaction.atomic():
            cursor.execute(f"TRUNCATE evidence_{table} CASCADE")


def test_the_key_is_made_once_with_a_file_that_only_its_owner_reads(own_var):
    first = keys.server_key()
    path = own_var / "keys" / "evidence.ed25519"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [item.name for item in path.parent.iterdir()] == ["evidence.ed25519"]
    keys._load.cache_clear()
    assert keys.server_key().public == first.public
    key_id, signature = keys.server_sign(b"statement")
    assert key_id == first.key_id
    assert verify.ed25519_ok(first.public, b"statement", signature)


def test_a_key_file_that_is_named_but_missing_is_said_clearly(settings):
    settings.EVIDENCE_KEY_FILE = "/nowhere/key.pem"
    with pytest.raises(Exception, match="openssl genpkey"):
        keys.server_key()


def test_after_a_new_key_the_old_one_is_kept_and_the_change_is_an_entry_under_a_checkpoint_by_the_new_one(
    note, settings, tmp_path
):
    note()
    sequence_all()
    old = selectors.latest_checkpoint()
    settings.VAR_DIR = tmp_path
    sequence_all()
    new = selectors.latest_checkpoint()
    assert Entry.objects.latest("id").kind == "evidence:key:introduced"
    assert (old.size, new.size) == (1, 2)
    assert verify.note_signed(new.note, keys.server_key().public)
    assert verify.note_signed(old.note, bytes(selectors.known_key(old.key_id).public))


def test_a_transaction_wakes_the_sequencer_once_however_many_entries_it_records(
    note, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as steps:
        for number in range(5):
            note(str(number))
    assert len(steps) == 1


def test_the_leaf_commits_to_everything_that_an_auditor_would_contest(note):
    entry = note("customer_events", digest(b"x"), team_id=7)
    document = entry.document()
    assert document["team"] == 7
    assert document["actor"] == {"id": ANA.id, "role": "owner", "name_digest": ANA.name_digest}
    assert document["payload"] == {"subject": "customer_events", "digest": digest(b"x")}
    entry.refresh_from_db()
    assert entry.document() == document
