"""One file a room, each with its OPERATIONS."""
