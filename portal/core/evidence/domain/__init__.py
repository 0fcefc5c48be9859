"""Pure building blocks of the ledger: canonical JSON, Merkle tree, signed notes and proofs (no framework)."""
