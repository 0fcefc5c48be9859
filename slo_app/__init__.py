"""SLOs, probes, budgets, alerts and incidents: every number tied to an owner, an alert and a runbook."""
