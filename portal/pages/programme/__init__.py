"""The programme's own files: written from what the portal knows, and read back to start with."""
