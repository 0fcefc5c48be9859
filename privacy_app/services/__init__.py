"""Every write of the deletion requests: one function, one transaction, one entry of evidence."""
