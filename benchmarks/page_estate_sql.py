"""The texts that write the large tables of the estate of `page_estate`, each from rows that are there already."""

# ten assets of each pipeline, datasets 50 to 59; the last is of tier 1; one pipeline in ten is the first team's
ASSETS = """
INSERT INTO catalog_asset (namespace, name, kind, layer, tier, tier_reason, owner_team_id)
SELECT d.namespace, d.name, CASE WHEN place = 59 THEN 'product' ELSE 'table' END,
       CASE WHEN place = 59 THEN 'product' ELSE 'transform' END,
       CASE WHEN place = 59 THEN 1 ELSE 2 + place %% 2 END, CASE WHEN place = 59 THEN 'board KPI' ELSE '' END,
       CASE WHEN p %% 10 = 0 THEN (%(teams)s::bigint[])[1]
            ELSE (%(teams)s::bigint[])[2 + p %% (cardinality(%(teams)s::bigint[]) - 1)] END
FROM generate_series(0, %(pipelines)s - 1) p, generate_series(50, 59) place
JOIN lineage_app_dataset d ON true
WHERE d.name = format('pipeline_%%s.out_%%s', to_char(p, 'FM00000'), to_char(place, 'FM000'))
"""
CLAIM = """
UPDATE lineage_app_dataset d SET asset_id = a.id FROM catalog_asset a
WHERE a.namespace = d.namespace AND a.name = d.name
"""
FLOWS = """
INSERT INTO catalog_flow (name, owner_team_id, declared_at)
SELECT 'flow ' || left(name, 14), owner_team_id, %(at)s FROM catalog_asset WHERE tier = 1
"""
STEPS = """
INSERT INTO catalog_flowstep (flow_id, position, asset_id)
SELECT f.id, right(a.name, 3)::int, a.id
FROM catalog_asset a JOIN catalog_flow f ON f.name = 'flow ' || left(a.name, 14)
"""
# a twentieth of the hops was not seen lately
STALE = """
UPDATE lineage_app_edge e SET last_seen = last_seen - interval '20 days'
FROM lineage_app_dataset d WHERE d.id = e.dst_id AND d.name LIKE '%%1.out_054'
"""
PLACEMENTS = """
INSERT INTO catalog_placement (asset_id, system_id, object_name, settings)
SELECT a.id, s.id, 'public.' || replace(a.name, '.', '_'), '{}'
FROM catalog_asset a JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS many
                           FROM catalog_datasystem) s ON s.n = a.id %% s.many
"""
SLOS = """
INSERT INTO slo_app_slo (asset_id, kind, name, settings, target_op, target_value, alert_op, alert_value, hold,
    clear_for, interval, objective, budget_method, budget_days, freezes, severity, element, owner_team_id,
    owner_title, runbook, contract, contract_version, incomplete, enabled, drill, created_at, next_due_at, lease_number,
    lease_attempts,
    statements, last_at, last_result, last_value, budget_left)
SELECT id, 'freshness', '', '{}', '<=', 15, '>', 20, interval '5 minutes', interval '5 minutes', interval '5 minutes',
    0.99, 'slices', 28, true, CASE WHEN tier = 1 THEN 'page' ELSE 'ticket' END, 'event_ts', owner_team_id, '',
    '[{"phase": "Fix", "text": "Rerun."}]', '', '', '', true, false, %(at)s::timestamptz - interval '40 days',
    %(at)s, 0, 0, '[]', %(at)s::timestamptz - interval '1 minute', CASE WHEN id %% 100 = 7 THEN 'breach' ELSE 'ok' END,
    CASE WHEN id %% 100 = 7 THEN 40 ELSE 7 END, CASE WHEN id %% 100 = 7 THEN -0.2 ELSE 0.6 END
FROM catalog_asset
"""
MEASUREMENTS = """
INSERT INTO slo_app_measurement (slo_id, at, result, alerting, value, counts, figures, method, reason, cost_ms, digest)
SELECT s.id, s.last_at - n * interval '5 minutes', s.last_result, s.last_result = 'breach', s.last_value + n %% 3, '{}',
       '{}', '', '', 3, ''
FROM slo_app_slo s, generate_series(0, 29) n
"""
TALLIES = """
INSERT INTO slo_app_tally (slo_id, grain, start, bad, total, slices, looks, undecided, cost_ms)
SELECT id, 'd', date_trunc('day', %(at)s::timestamptz, 'UTC') - n * interval '1 day', 1, 288, 288, 288, 0, 900
FROM slo_app_slo, generate_series(0, 28) n
UNION ALL
SELECT id, 'h', date_trunc('hour', %(at)s::timestamptz) - n * interval '1 hour', 0, 12, 12, 12, 0, 36
FROM slo_app_slo, generate_series(0, 25) n
"""
ALERTS = """
INSERT INTO slo_app_alert (slo_id, dedup_key, labels, burn, phase, watched_since, breaches, recoveries, rebreaches,
                           flaps)
SELECT id, md5(id::text), '{}', '', CASE WHEN last_result = 'breach' THEN 'firing' ELSE 'ok' END, created_at, 0, 0, 0, 0
FROM slo_app_slo
"""
INCIDENTS = """
INSERT INTO slo_app_incident (alert_id, slo_id, kind, severity, fired_at, rounds, resolved_at, cause, postmortem, drill,
                              runbook)
SELECT a.id, a.slo_id, 'breach', s.severity, %(at)s::timestamptz - a.id %% 1000 * interval '1 minute', 1,
       CASE WHEN a.phase = 'firing' THEN NULL ELSE %(at)s::timestamptz END, '', '', false, '[]'
FROM slo_app_alert a JOIN slo_app_slo s ON s.id = a.slo_id WHERE a.phase = 'firing' OR a.id %% 1000 = 9
"""
GATE_RUNS = """
INSERT INTO gates_gaterun (key, namespace, name, commit, image, ci_url, command, file, verdict, gates, reports, why, at,
                           told_at)
SELECT md5('run ' || j.id || ' ' || n)::uuid, j.namespace, j.name, '', '', '', '', '',
       CASE WHEN j.id %% 50 = 0 AND n = 1 THEN 'fail' ELSE 'pass' END,
       '[{"key": "contract", "title": "No contract, no prod", "state": "pass"}]', '[]', '',
       %(at)s::timestamptz - n * interval '1 day' - j.id %% 1000 * interval '1 minute', %(at)s
FROM (SELECT id, namespace, name FROM lineage_app_job WHERE right(name, 3)::int BETWEEN 50 AND 59
      ORDER BY id LIMIT %(jobs)s) j, generate_series(1, %(each)s) n
"""
TOUCHED = """
INSERT INTO gates_touched (run_id, role, asset_id, label, contract, version)
SELECT r.id, 'writes', a.id, a.name, '', '' FROM gates_gaterun r
JOIN catalog_asset a ON a.namespace = r.namespace AND a.name = replace(r.name, '.job_', '.out_')
"""
PLANS = """
INSERT INTO privacy_app_plan (request_id, number, state, planner_id, made_at, body, digest, deciders, trouble)
SELECT id, 1, CASE WHEN state = 'awaiting_approval' THEN 'submitted' ELSE 'approved' END, %(planner)s, %(at)s, '{}', '',
       '[]', ''
FROM privacy_app_request WHERE state IN ('completed', 'propagating', 'awaiting_approval')
"""
REQUEST_STEPS = """
INSERT INTO privacy_app_step (request_id, plan_id, position, place, origin, system_name, kind, dataset, object_name,
    target_settings, preview, allow_exclusive, state, fence, attempts, phase, error, amounts, probes, residuals,
    verdict, verdict_text)
SELECT r.id, p.id, n, 1, 'registered', 'system-00' || n, 'postgresql', 'd' || n, 'public.d' || n, '{}', '{}', false,
    CASE WHEN r.state = 'completed' OR r.state = 'propagating' AND n < 3 THEN 'done'
         WHEN r.id %% 200 = 7 AND n = 3 THEN 'gave_up' ELSE 'waiting' END,
    1, 1, '', '', '{}', '{}', '[]', '', ''
FROM privacy_app_plan p JOIN privacy_app_request r ON r.id = p.request_id, generate_series(1, %(steps)s) n
"""
