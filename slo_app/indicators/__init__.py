"""Indicators: one file per kind in `kinds/`, each knows its SQL and what its numbers mean."""
