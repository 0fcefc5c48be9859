"""Who may take SLOs away as code: whoever may read them, and machines with the scope."""

from tests.access.slo import slo
from tests.access_entry import ALL, NONE, Entry

ACCESS = [
    Entry("slos:as-code", ALL),
    Entry("slos:code", ALL, slo),
    Entry("slos:export", ALL, {"form": "openslo"}),
    Entry("api:slos-export", NONE, {"form": "catalog"}, token="slos:read"),
]
