"""Who may see the anchors: whoever reads evidence."""

from tests.access.evidence import READERS
from tests.access_entry import Entry

ACCESS = [Entry("evidence:anchors", READERS)]
