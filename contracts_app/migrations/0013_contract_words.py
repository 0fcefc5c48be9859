"""What the planner knows of contracts' names in capitals, in which a search by words compares them."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('contracts_app', '0012_shared_making'),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE STATISTICS contract_words ON (upper(name::text)) FROM contracts_app_contract",
            "DROP STATISTICS contract_words",
        ),
    ]
