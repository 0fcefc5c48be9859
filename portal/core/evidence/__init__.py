"""The evidence room: an append-only ledger, signed checkpoints, kept artifacts, bundles and their verifier."""
