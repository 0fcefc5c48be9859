"""The few SLOs that are called something, for the search by words: it need not read all the others."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('slo_app', '0015_runbooks'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='slo',
            index=models.Index(condition=models.Q(('name', ''), _negated=True), fields=['name'], name='slo_by_own_name'),
        ),
    ]
