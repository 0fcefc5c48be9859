"""What the tests of the evidence room share."""

import pytest

from portal.core.evidence.actors import Actor
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.kinds import declare
from portal.core.evidence.services import build_bundle, record, sequence_all

NOTED = declare("tests:fact:noted", fields=("subject", "digest"), sentence="{actor} noted {subject} as {role}.")
ANA = Actor("u-5d1c9a77e0", "owner", digest(b"Ana"))
PROOF = {"title": "A small proof", "counts": {"rows": 3}, "share": "0.25"}


@pytest.fixture
def own_var(settings, tmp_path):
    """A var folder of the test's own: keys and artifacts in it are nobody else's."""
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def note(db):
    """`note("the subject", digest="sha256:…", team_id=1)`: one entry, still pending."""

    def make(subject="a table", value="", team_id=None):
        return record(NOTED, actor=ANA, payload={"subject": subject, "digest": value}, team_id=team_id)

    return make


@pytest.fixture
def bundle_of(note):
    """`bundle_of(proof, pdf=…, files=…)`: an honest bundle over an entry that has its number."""

    def make(proof=PROOF, **more):
        entry = note("a proof", digest(canonical_bytes(proof)))
        sequence_all()
        return build_bundle(proof=proof, entry=entry, not_covered=["Backups older than a month."], **more)

    return make
