"""The few alerts that are not at rest, for the board: it need not read all the others."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('slo_app', '0016_own_names'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('burn', ''), models.Q(('phase', 'ok'), _negated=True)), fields=['slo'], name='alert_not_at_rest'),
        ),
    ]
