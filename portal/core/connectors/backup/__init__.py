"""Backups encrypted under one key a person: their format, who writes and reads them, how a key is shredded."""
