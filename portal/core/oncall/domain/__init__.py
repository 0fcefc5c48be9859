"""Rotations and escalation as plain Python: given what is written down, who is told when."""
