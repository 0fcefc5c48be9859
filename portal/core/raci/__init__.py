"""RACI: who does, answers for, is asked about and is told of each workstream and each tier-1 asset."""
