"""The audit log: the ledger read as who did what, with its export."""
