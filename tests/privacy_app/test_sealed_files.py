"""Files of a request lie under its key: unreadable in the database, gone with the key, their digest kept."""

from datetime import timedelta

import pytest

from portal.core.clock import services as clock
from portal.core.evidence.domain.canonical import digest
from portal.core.identity.actors import system_actor
from privacy_app import tasks
from privacy_app.keystore import KeyShredded
from privacy_app.models import Request
from privacy_app.services import appeal, intake, lifecycle, sealed_files

DATA = b"%PDF-1.7 Ana was removed by hand"


@pytest.fixture
def request_(world, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    return intake.receive(actor=system_actor("tests"), channel="form", email="ana.sealed@example.com")


def test_a_file_is_sealed_read_again_and_replaced_under_its_name(request_):
    file = sealed_files.keep(request_, name="attestation-1", media_type="application/pdf", data=DATA)
    assert b"Ana" not in bytes(file.sealed)
    assert (file.digest, file.size) == (digest(DATA), len(DATA))
    assert sealed_files.content_of(file) == DATA
    sealed_files.keep(request_, name="attestation-1", media_type="text/plain", data=b"again")
    assert [sealed_files.content_of(each) for each in request_.files.all()] == [b"again"]


def test_files_are_destroyed_with_the_key_and_their_digest_stays(request_):
    sealed_files.keep(request_, name="attestation-1", media_type="application/pdf", data=DATA)
    lifecycle.cancel(actor=system_actor("tests"), request_id=request_.pk, reason="asked for by the subject")
    clock.move(appeal.WINDOW + timedelta(days=2))
    tasks.shred_keys()
    file = Request.objects.get(pk=request_.pk).files.get()
    assert (file.sealed, file.digest) == (None, digest(DATA))
    with pytest.raises(KeyShredded, match="digest is still in the evidence"):
        sealed_files.content_of(file)
