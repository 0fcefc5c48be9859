"""What lineage shows on the asset page."""
