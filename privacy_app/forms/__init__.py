"""What people type into the pages of deletion requests; one file a room."""
