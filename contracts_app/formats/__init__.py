"""Formats in which a contract leaves and enters the portal: one file a format in `exports/` and in `imports/`."""
