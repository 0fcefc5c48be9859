"""The claimed datasets, few among all, with what coverage asks of them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lineage_app', '0017_rebuilding'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='dataset',
            index=models.Index(condition=models.Q(('asset__isnull', False)), fields=['asset'], include=('id', 'root'), name='dataset_claimed'),
        ),
    ]
