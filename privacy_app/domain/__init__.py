"""The rules of a deletion request, as plain Python: no framework, no clock, no network."""
