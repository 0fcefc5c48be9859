"""DuckDB as the engine of datasets that have none: files in folders, and rows fetched from systems without SQL."""
