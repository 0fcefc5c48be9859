"""Names are also found by how they begin, so that an exact one comes before the thousands that only hold its text."""

from django.db import migrations

# no more than 200 characters, since an index row has to fit a page and a name may have 4,000
STARTS = """
CREATE INDEX dataset_by_start ON lineage_app_dataset (left(lower(name), 200) text_pattern_ops);
CREATE INDEX job_by_start ON lineage_app_job (left(lower(name), 200) text_pattern_ops);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('lineage_app', '0012_inbox_receipt'),
    ]

    operations = [migrations.RunSQL(STARTS, "DROP INDEX dataset_by_start; DROP INDEX job_by_start;")]
