"""The evidence pages: the ledger for people, the verifier for uploads, and the log's API."""
