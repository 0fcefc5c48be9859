"""The nightly recomputation finds what was changed behind the triggers by the owner of the tables."""

import os

import pytest
from django.db import connection

from portal.core.evidence.models import AuditRun, Checkpoint, Leaf, Node
from portal.core.evidence.selectors import artifact_path, last_audit
from portal.core.evidence.services import audit_tree, run_audit, sequence, store_artifact
from portal.core.evidence.tasks import audit

OWNER = "SET LOCAL session_replication_role = replica"  # switches triggers off: what an owner of the tables can do


@pytest.fixture
def ledger(note, own_var):
    """Five entries under two checkpoints."""
    entries = [note(f"table {number}") for number in range(3)]
    sequence()
    entries += [note("table 3"), note("table 4")]
    sequence()
    return entries


def as_owner(sql, *values):
    """Run SQL with the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(OWNER)
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def test_an_honest_ledger_has_no_fault(ledger):
    assert audit_tree() == (5, [])
    audit()
    run = last_audit()
    assert (run.size, run.faults) == (5, [])


def test_a_ledger_without_an_entry_has_no_fault(db, own_var):
    assert audit_tree() == (0, [])


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'tests:fact:denied'",
        """payload = '{"subject": "another", "digest": ""}'""",
        "actor_id = 'u-other'",
        "actor_role = 'auditor'",
        "team_id = 9",
        "created_at = created_at - interval '1 day'",
    ],
)
def test_an_entry_that_was_edited_through_sql_is_found_and_named(ledger, change, caplog):
    as_owner(f"UPDATE evidence_entry SET {change} WHERE id = %s", ledger[1].pk)
    run = run_audit()
    assert f"Entry {ledger[1].pk} (number 1) is not what was recorded: its row was changed." in run.faults
    assert "does not fit its entries" in caplog.text


def test_an_edit_that_also_rewrites_the_tree_is_found_by_the_signed_checkpoints(ledger):
    from portal.core.evidence.domain import merkle

    as_owner("UPDATE evidence_entry SET actor_id = 'u-other' WHERE id = %s", ledger[1].pk)
    peaks = []
    for leaf in Leaf.objects.select_related("entry").order_by("index"):
        peaks, full = merkle.grow(leaf.index, peaks, merkle.leaf_hash(leaf.entry.leaf_bytes()))
        for (level, index), value in full:
            as_owner("UPDATE evidence_node SET hash = %s WHERE level = %s AND index = %s", value, level, index)
    as_owner("UPDATE evidence_checkpoint SET root = %s WHERE size = 5", merkle.fold(peaks))
    faults = audit_tree()[1]
    assert "The entries do not give the root that the checkpoint of 3 entries was signed with." in faults
    assert "The entries do not give the root that the checkpoint of 5 entries was signed with." in faults


def test_a_checkpoint_with_a_changed_note_is_found(ledger):
    as_owner("UPDATE evidence_checkpoint SET note = replace(note, E'\\n5\\n', E'\\n4\\n') WHERE size = 5")
    assert "The checkpoint of 5 entries is not signed by a key of ours." in audit_tree()[1]


def test_a_ledger_whose_end_was_cut_off_is_found(ledger):
    as_owner("DELETE FROM evidence_leaf WHERE index = 4")
    faults = audit_tree()[1]
    assert "The checkpoint of 5 entries has no entries behind it." in faults
    assert f"Entry {ledger[4].pk} has no number and does not wait for one." in faults


def test_a_number_that_was_removed_from_the_middle_is_found(ledger):
    as_owner("DELETE FROM evidence_leaf WHERE index = 2")
    assert "Number 2 of the ledger is missing." in audit_tree()[1]


def test_a_changed_inner_node_is_found(ledger):
    as_owner("UPDATE evidence_node SET hash = %s WHERE level = 2 AND index = 0", b"\0" * 32)
    assert audit_tree()[1] == ["The node (2, 0) of the tree does not fit its entries."]


def test_an_entry_that_was_taken_out_of_the_queue_is_found(note, own_var):
    entry = note()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM evidence_pending")
    assert audit_tree()[1] == [f"Entry {entry.pk} has no number and does not wait for one."]


def test_a_stored_artifact_that_was_changed_or_lost_is_found(ledger):
    changed = store_artifact(b"one", media_type="text/plain", name="one", retain_days=1)
    lost = store_artifact(b"two", media_type="text/plain", name="two", retain_days=1)
    os.chmod(artifact_path(changed.digest), 0o644)
    artifact_path(changed.digest).write_bytes(b"ONE")
    artifact_path(lost.digest).unlink()
    faults = run_audit().faults
    assert len(faults) == 2
    assert any(changed.digest in fault and "changed" in fault for fault in faults)
    assert any(lost.digest in fault and "not in the store" in fault for fault in faults)
    assert AuditRun.objects.count() == 1
    assert (Checkpoint.objects.count(), Node.objects.filter(level=0).count()) == (2, 5)
