"""A version of the matrix is written once: the database refuses to change or delete it."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION raci_version_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A version of the RACI is in force for good: propose another.';
END $$;
CREATE TRIGGER raci_version_is_final BEFORE UPDATE OR DELETE ON raci_version
    FOR EACH ROW EXECUTE FUNCTION raci_version_is_final();
"""
BACKWARDS = """
DROP TRIGGER raci_version_is_final ON raci_version;
DROP FUNCTION raci_version_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("raci", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
