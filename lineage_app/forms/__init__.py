"""What may be asked of lineage's pages, and what people may say on them: a file a room."""
