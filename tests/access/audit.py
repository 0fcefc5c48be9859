"""Who may read the audit log: who reads evidence, each as far as their rights on it reach."""

from tests.access_entry import Entry

READERS = {"contributor", "owner", "consumer", "outsider", "privacy_officer", "auditor", "head_of_data"}

ACCESS = [Entry(name, READERS) for name in ("audit:log", "audit:csv", "audit:ndjson")]
