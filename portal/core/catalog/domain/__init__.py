"""Rules of the catalog, in plain Python."""
