"""Statements of an SLO's own: what they may be made of, and how they become the SQL of our engines."""
