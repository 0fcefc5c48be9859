"""What the kind sqlite is made of: sessions, a table's rows, the pages of the file, and the purge."""
