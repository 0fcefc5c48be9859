from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evidence", "0002_only_growing")]
    operations = [
        migrations.AlterField("entry", "actor_role", models.CharField(blank=True, max_length=200)),
    ]
