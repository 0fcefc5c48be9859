"""Template tags of the SLOs."""
