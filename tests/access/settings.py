"""Who sets the portal up: administrators."""

from tests.access_entry import Entry

ADMIN = {"administrator"}
STATED = {"key": "server-key"}

ACCESS = [
    *(Entry(f"settings:{name}", ADMIN) for name in ("checklist", "effective", "systems", "health", "mail")),
    Entry("settings:mail", ADMIN, method="post"),
    Entry("settings:attest", ADMIN, kwargs=STATED),
    Entry("settings:attest", ADMIN, kwargs=STATED, method="post"),
]
