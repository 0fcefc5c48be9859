"""The orders in which a search shows assets, and what lies on them: a common word is answered by its first page."""

import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0005_asset_words'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='asset',
            index=models.Index(django.db.models.functions.text.Length('name'), models.F('name'), models.F('id'), name='asset_by_length'),
        ),
        migrations.AddIndex(
            model_name='asset',
            index=models.Index(fields=['name'], name='asset_by_name'),
        ),
    ]
