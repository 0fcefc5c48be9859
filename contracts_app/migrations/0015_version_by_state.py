"""The states of contracts, for the counts and filters of the list: versions are wide, and an index alone answers."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contracts_app', '0014_to_be_ended'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='version',
            index=models.Index(fields=['state', 'contract'], name='version_by_state'),
        ),
    ]
