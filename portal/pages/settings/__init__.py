"""Settings: what is left to set up, what is in force, and whether the parts of the portal are alive."""
