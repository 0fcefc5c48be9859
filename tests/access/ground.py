"""Who may use the operations of the composition itself."""

from tests.access_entry import NONE, PUBLIC, Entry

ACCESS = [
    Entry("healthz", PUBLIC),
    Entry("api:schema", PUBLIC),
    Entry("metrics", NONE, token="metrics:read"),
]
