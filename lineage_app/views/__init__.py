"""Lineage's pages."""
