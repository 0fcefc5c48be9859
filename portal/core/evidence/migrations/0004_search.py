"""Indexes for the search over a million entries: any value, any word, the actor's role and id."""

from django.db import migrations, models

WORDS = r"""
CREATE FUNCTION evidence_words(payload jsonb) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN to_tsvector('pg_catalog.simple'::regconfig,
    regexp_replace(jsonb_path_query_array(payload, '$.*')::text, '[^0-9A-Za-z]+', ' ', 'g'));
CREATE INDEX evidence_by_word ON evidence_entry USING gin (evidence_words(payload));
CREATE INDEX evidence_by_value ON evidence_entry USING gin (jsonb_path_query_array(payload, '$.*') jsonb_path_ops);
"""
UNDO = """
DROP INDEX evidence_by_value;
DROP INDEX evidence_by_word;
DROP FUNCTION evidence_words(jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0003_longer_roles")]
    operations = [
        migrations.RunSQL(WORDS, UNDO),
        migrations.AddIndex("entry", models.Index(fields=["actor_role", "-id"], name="evidence_by_role")),
        migrations.AddIndex("entry", models.Index(fields=["actor_id", "-id"], name="evidence_by_actor")),
    ]
