"""Private PostgreSQL and Valkey servers for a laptop, a demo or a test run, from pip wheels under one folder."""
