"""The pages under /people/: teams, roles, people and service tokens."""
