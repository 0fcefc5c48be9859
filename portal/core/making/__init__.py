"""Files that a worker makes for a person who asked: the row that waits, its lease, its three attempts."""
