"""The pages of the SLOs."""
