"""OpenLineage as plain Python: reading events, accumulating runs, deriving edges. No framework, no database."""
