"""The API of deletion requests for programs; one file a room."""
