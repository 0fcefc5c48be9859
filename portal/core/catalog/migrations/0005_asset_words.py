"""What the planner knows of names in capitals, in which every search by words compares them."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0004_kinds_of_channels'),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE STATISTICS catalog_asset_words ON (upper(name::text)), (upper(namespace::text)) FROM catalog_asset",
            "DROP STATISTICS catalog_asset_words",
        ),
    ]
