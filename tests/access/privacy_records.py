"""Who sees and changes how long a request's own data is kept."""

from tests.access.privacy import OFFICER, of
from tests.access_entry import Entry

ended = of(state="completed", appeal_until="2030-01-01")

ACCESS = [
    Entry("privacy:record", OFFICER, kwargs=ended),
    Entry("privacy:record-extend", OFFICER, kwargs=ended),
    Entry("privacy:record-extend", OFFICER, kwargs=ended, method="post", data={"until": "2030-02-01", "reason": "r"}),
    Entry("privacy:record-end", OFFICER, kwargs=ended, method="post"),
]
