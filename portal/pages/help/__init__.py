"""The help of the portal: its first page, and the guides of docs/ as pages."""
