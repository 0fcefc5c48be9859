"""Retention: one list of rules, one nightly job, one page."""
