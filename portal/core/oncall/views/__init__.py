"""The on-call pages."""
