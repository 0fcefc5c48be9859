"""Builds the demo: people, catalog, contracts; every step may run again and changes nothing then."""
