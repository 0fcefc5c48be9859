"""SLOs that were promised before burn alerts existed get the standard ones."""

from django.db import migrations

from slo_app.domain.burn import standard


def arm(apps, schema_editor):
    """One row for each standard alert that fits the SLO's objective and interval."""
    made = apps.get_model("slo_app", "BurnAlert")
    for slo in apps.get_model("slo_app", "Slo").objects.filter(drill=False):
        for alert, severity in standard(slo.objective, slo.interval):
            made.objects.create(slo=slo, factor=alert.factor, long=alert.long, short=alert.short, severity=severity)


class Migration(migrations.Migration):
    dependencies = [("slo_app", "0008_baseline")]
    operations = [migrations.RunPython(arm, migrations.RunPython.noop)]
