"""The role of the application does not own the ledger: the documented statements give just the rights that it needs."""

from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from portal.core.evidence.checks import TABLES, ledger_has_another_owner, owned_tables
from portal.core.evidence.models import Checkpoint, Entry
from portal.core.evidence.services import run_audit, sequence_all, store_artifact

SQL = (Path(__file__).resolve().parents[2] / "deploy" / "ledger_owner.sql").read_text()
OTHERS = """
SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL(%s)
"""


@pytest.fixture
def separated(own_var, db):
    """The documented statements, then the application's role; the other tables are its own. Rolled back afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(SQL)
        cursor.execute(OTHERS, [[f"evidence_{name}" for name in TABLES]])
        for (table,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE "{table}" OWNER TO custody_app')
        cursor.execute("SET LOCAL ROLE custody_app")


def test_an_installation_whose_application_owns_the_ledger_is_told_so(db, settings):
    assert len(owned_tables()) == len(TABLES)
    settings.EMBEDDED_DATABASE = False
    [error] = ledger_has_another_owner(None)
    assert error.id == "evidence.E001"
    assert "evidence_entry" in error.msg
    settings.EMBEDDED_DATABASE = True
    assert ledger_has_another_owner(None) == []


def test_after_the_documented_statements_the_ledger_goes_on_and_the_check_is_silent(separated, note, settings):
    settings.EMBEDDED_DATABASE = False
    assert ledger_has_another_owner(None) == []
    note("as before")
    store_artifact(b"{}", media_type="application/json", name="a.json", retain_days=1)
    assert sequence_all() >= 1
    assert Checkpoint.objects.exists()
    assert run_audit().faults == []


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE evidence_entry SET kind = 'x:y:z'",
        "DELETE FROM evidence_leaf",
        "TRUNCATE evidence_node CASCADE",
        "DROP TRIGGER evidence_no_change ON evidence_entry",
        "ALTER TABLE evidence_entry DISABLE TRIGGER ALL",
        "CREATE OR REPLACE FUNCTION evidence_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "SET session_replication_role = replica",
    ],
)
def test_the_application_cannot_get_round_the_triggers(separated, note, attack):
    entry = note("to be kept")
    refused = pytest.raises(DatabaseError, match=r"must be owner|permission denied")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
    assert Entry.objects.get(pk=entry.pk).payload["subject"] == "to be kept"
