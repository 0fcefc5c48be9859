"""What pipelines import from Custody: the standard library is all it needs."""
