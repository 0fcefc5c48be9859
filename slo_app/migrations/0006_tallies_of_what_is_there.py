"""What was measured so far is counted: budgets go on where they are, and the board knows the newest value."""

from django.db import migrations

FORWARD = """
UPDATE slo_app_slo SET budget_method = 'occurrences' WHERE kind IN ('completeness', 'accuracy', 'groundedness');
INSERT INTO slo_app_tally (slo_id, grain, start, bad, total, slices, looks, undecided, low, high, cost_ms)
SELECT m.slo_id, grain, date_trunc(CASE grain WHEN 'h' THEN 'hour' ELSE 'day' END, m.at, 'UTC'),
    sum(CASE WHEN s.budget_method = 'slices' THEN (m.result = 'breach')::int
        WHEN m.result IN ('ok', 'breach') AND m.good IS NOT NULL THEN coalesce(m.total - least(m.good, m.total), 0)
        ELSE 0 END),
    sum(CASE WHEN s.budget_method = 'slices' THEN (m.result IN ('ok', 'breach'))::int
        WHEN m.result IN ('ok', 'breach') AND m.good IS NOT NULL THEN coalesce(m.total, 0) ELSE 0 END),
    count(*) FILTER (WHERE m.result IN ('ok', 'breach')), count(*),
    count(*) FILTER (WHERE m.result NOT IN ('ok', 'breach')), min(m.value), max(m.value), sum(m.cost_ms)
FROM slo_app_measurement AS m JOIN slo_app_slo AS s ON s.id = m.slo_id, unnest(ARRAY['h', 'd']) AS grain
WHERE m.at > now() - interval '31 days'
GROUP BY 1, 2, 3;
UPDATE slo_app_slo AS s SET last_at = m.at, last_result = m.result, last_value = m.value
FROM (SELECT DISTINCT ON (slo_id) slo_id, at, result, value FROM slo_app_measurement ORDER BY slo_id, at DESC) AS m
WHERE m.slo_id = s.id;
"""


class Migration(migrations.Migration):
    dependencies = [("slo_app", "0005_days_of_measurements")]
    operations = [migrations.RunSQL(FORWARD, reverse_sql=migrations.RunSQL.noop)]
