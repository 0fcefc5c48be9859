"""Sums of column links per dataset, job and set, and fewer indexes on what every event writes."""

import django.db.models.deletion
from django.db import migrations, models


FILL = """
UPDATE lineage_app_run SET proved_at = ended_at WHERE ended_at IS NOT NULL;
INSERT INTO lineage_app_columnuse (dataset_id, job_id, columns_id, first_seen, last_seen)
SELECT io.dataset_id, r.job_id, io.columns_id, min(coalesce(r.proved_at, r.ended_at, r.last_at)),
       max(coalesce(r.ended_at, r.last_at))
FROM lineage_app_runio io JOIN lineage_app_run r ON r.id = io.run_id
WHERE NOT io.is_foreign AND io.columns_id IS NOT NULL
GROUP BY io.dataset_id, r.job_id, io.columns_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""
# rows that are written again and again leave room in their page, so that a new version needs no new index entries
ROOM = " ".join(
    f"ALTER TABLE lineage_app_{table} SET (fillfactor = 70);"
    for table in ("job", "dataset", "edge", "columnedge", "columnuse")
)


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0001_initial'),
        ('lineage_app', '0006_producers'),
    ]

    operations = [
        migrations.CreateModel(
            name='ColumnUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_seen', models.DateTimeField()),
                ('last_seen', models.DateTimeField()),
            ],
        ),
        migrations.RemoveIndex(
            model_name='runedge',
            name='run_edge_ends',
        ),
        migrations.AddField(
            model_name='run',
            name='proved_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='run',
            name='job',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='lineage_app.job'),
        ),
        migrations.AlterField(
            model_name='runedge',
            name='job',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lineage_app.job'),
        ),
        migrations.AlterField(
            model_name='runedge',
            name='token',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='identity.servicetoken'),
        ),
        migrations.AlterField(
            model_name='runio',
            name='columns',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lineage_app.columnset'),
        ),
        migrations.AddIndex(
            model_name='runedge',
            index=models.Index(fields=['src', 'dst', 'state'], name='run_edge_ends'),
        ),
        migrations.AddIndex(
            model_name='runio',
            index=models.Index(condition=models.Q(('columns__isnull', False)), fields=['columns', 'dataset'], name='run_io_columns'),
        ),
        migrations.AddField(
            model_name='columnuse',
            name='columns',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lineage_app.columnset'),
        ),
        migrations.AddField(
            model_name='columnuse',
            name='dataset',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lineage_app.dataset'),
        ),
        migrations.AddField(
            model_name='columnuse',
            name='job',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lineage_app.job'),
        ),
        migrations.AddConstraint(
            model_name='columnuse',
            constraint=models.UniqueConstraint(fields=('dataset', 'job', 'columns'), name='column_use_once', nulls_distinct=False),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
    ]
