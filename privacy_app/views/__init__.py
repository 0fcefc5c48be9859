"""Pages of the deletion requests, for the public and for staff."""
