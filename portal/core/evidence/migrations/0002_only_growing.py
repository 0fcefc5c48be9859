"""Triggers that refuse UPDATE, DELETE and TRUNCATE on what the ledger is made of.

They stop mistakes and the application's own role. Whoever owns the tables can drop them; that is what the nightly
recomputation and the checkpoints in other people's hands are for.
"""

from django.db import migrations

TABLES = ("entry", "leaf", "node", "checkpoint", "timestamp", "publickey", "artifact", "expiry")

FUNCTION = """
CREATE FUNCTION evidence_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the ledger only grows', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""
TRIGGERS = """
CREATE TRIGGER evidence_no_change BEFORE UPDATE OR DELETE ON evidence_{table}
    FOR EACH ROW EXECUTE FUNCTION evidence_refuse();
CREATE TRIGGER evidence_no_truncate BEFORE TRUNCATE ON evidence_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION evidence_refuse();
"""
UNDO = """
DROP TRIGGER evidence_no_change ON evidence_{table};
DROP TRIGGER evidence_no_truncate ON evidence_{table};
"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION evidence_refuse();"),
        *(migrations.RunSQL(TRIGGERS.format(table=name), UNDO.format(table=name)) for name in TABLES),
    ]
