"""Measurements lie in a partition a day, so that old ones are dropped and not deleted.

What there is becomes the partition for the rest without being copied; new days get their own.
"""

from django.db import migrations

FORWARD = """
ALTER TABLE slo_app_measurement RENAME TO slo_app_measurement_rest;
ALTER TABLE slo_app_measurement_rest ALTER COLUMN id DROP IDENTITY IF EXISTS;
ALTER TABLE slo_app_measurement_rest DROP CONSTRAINT slo_app_measurement_pkey;
ALTER TABLE slo_app_measurement_rest DROP CONSTRAINT measurement_once_a_moment;
DO $$ DECLARE each record; BEGIN
    FOR each IN SELECT conname FROM pg_constraint
        WHERE conrelid = 'slo_app_measurement_rest'::regclass AND contype = 'f'
    LOOP EXECUTE format('ALTER TABLE slo_app_measurement_rest DROP CONSTRAINT %I', each.conname); END LOOP;
    FOR each IN SELECT indexrelid::regclass::text AS name FROM pg_index
        WHERE indrelid = 'slo_app_measurement_rest'::regclass
    LOOP EXECUTE 'DROP INDEX ' || each.name; END LOOP;
END $$;
CREATE TABLE slo_app_measurement (LIKE slo_app_measurement_rest INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
    PARTITION BY RANGE (at);
CREATE SEQUENCE slo_app_measurement_id_seq OWNED BY slo_app_measurement.id;
SELECT setval('slo_app_measurement_id_seq', coalesce((SELECT max(id) FROM slo_app_measurement_rest), 0) + 1, false);
ALTER TABLE slo_app_measurement ALTER COLUMN id SET DEFAULT nextval('slo_app_measurement_id_seq');
ALTER TABLE slo_app_measurement ADD CONSTRAINT slo_app_measurement_pkey PRIMARY KEY (id, at);
ALTER TABLE slo_app_measurement ADD CONSTRAINT measurement_once_a_moment UNIQUE (slo_id, at);
ALTER TABLE slo_app_measurement ADD CONSTRAINT slo_app_measurement_slo_id_fk FOREIGN KEY (slo_id)
    REFERENCES slo_app_slo (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE slo_app_measurement ATTACH PARTITION slo_app_measurement_rest DEFAULT;
"""


class Migration(migrations.Migration):
    dependencies = [("slo_app", "0004_budgets_and_schedule")]
    operations = [migrations.RunSQL(FORWARD, reverse_sql=migrations.RunSQL.noop)]
