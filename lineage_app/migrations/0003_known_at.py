"""Receipt times on edges. What stands is filled as well as the raw events allow; `lineage_rebuild` makes it exact."""

from django.db import migrations, models

FILL = """
UPDATE lineage_app_runedge e SET first_at = e.seen_at, known_from = coalesce(
    (SELECT max(w.received_at) FROM lineage_app_run r JOIN lineage_app_rawevent w ON w.subject = r.subject
     WHERE r.id = e.run_id), e.seen_at);
UPDATE lineage_app_edge g SET first_known = coalesce(
    (SELECT min(e.known_from) FROM lineage_app_runedge e
     JOIN lineage_app_dataset s ON s.id = e.src_id JOIN lineage_app_dataset d ON d.id = e.dst_id
     WHERE coalesce(s.root_id, s.id) = g.src_id AND coalesce(d.root_id, d.id) = g.dst_id
       AND e.job_id IS NOT DISTINCT FROM g.job_id), g.first_seen);
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("lineage_app", "0002_tokens_may_go")]

    operations = [
        *(
            migrations.AddField(model, name, models.DateTimeField(null=True))
            for model, name in (
                ("runedge", "first_at"),
                ("runedge", "known_from"),
                ("runedge", "known_to"),
                ("edge", "first_known"),
            )
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        *(
            migrations.AlterField(model, name, models.DateTimeField())
            for model, name in (("runedge", "first_at"), ("runedge", "known_from"), ("edge", "first_known"))
        ),
        migrations.AddIndex(
            "runedge", models.Index(fields=["src"], name="run_edge_past", condition=models.Q(known_to__isnull=False))
        ),
        migrations.AddIndex(
            "runedge", models.Index(fields=["dst"], name="run_edge_past_up", condition=models.Q(known_to__isnull=False))
        ),
    ]
