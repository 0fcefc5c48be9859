"""What the kinds on Parquet files share: reading with DuckDB, rewriting with pyarrow, looking inside files."""
