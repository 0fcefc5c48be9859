"""The rules of a provenance answer, in plain Python."""
