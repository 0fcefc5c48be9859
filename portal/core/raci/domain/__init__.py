"""The rules of a responsibility assignment matrix (PMBOK Guide, "RACI chart"), as plain Python."""
