"""Artifacts: written once, read only with their digest checked, removed only when their time is over."""

import os
from datetime import timedelta

import pytest
from django.db import transaction

from portal.core.clock import services as clock_services
from portal.core.evidence import selectors
from portal.core.evidence.actors import Actor
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.models import Artifact, Entry, Expiry
from portal.core.evidence.selectors import ArtifactDamaged, ArtifactGone, artifact_path, read_artifact
from portal.core.evidence.services import ArtifactKept, expire_artifact, place_hold, release_hold, store_artifact
from portal.core.evidence.tasks import expire

JOB = Actor("system:evidence.retention", "system")
DATA = b'{"systems":4}'


@pytest.fixture
def stored(db, own_var):
    return store_artifact(DATA, media_type="application/json", name="proof.json", retain_days=30)


def test_stored_bytes_come_back_from_a_read_only_file_under_their_digest(stored):
    path = artifact_path(stored.digest)
    assert (stored.digest, read_artifact(stored.digest)) == (digest(DATA), DATA)
    assert path.stat().st_mode & 0o777 == 0o444
    assert [item.name for item in path.parent.iterdir()] == [path.name]


def test_storing_the_same_bytes_again_keeps_one_file_and_the_longer_time(stored, clock):
    again = store_artifact(DATA, media_type="application/json", name="proof.json", retain_days=90)
    assert again.digest == stored.digest
    clock.move(days=31)
    with pytest.raises(ArtifactKept, match="kept until"):
        expire_artifact(stored.digest, actor=JOB)


def test_bytes_that_changed_on_disk_are_never_handed_out(stored):
    path = artifact_path(stored.digest)
    os.chmod(path, 0o644)
    path.write_bytes(b'{"systems":5}')
    with pytest.raises(ArtifactDamaged, match="restore the file from a backup"):
        read_artifact(stored.digest)
    with pytest.raises(ArtifactDamaged):
        store_artifact(DATA, media_type="application/json", name="proof.json", retain_days=1)


def test_bytes_that_were_never_stored_are_said_to_be_missing(db, own_var):
    with pytest.raises(ArtifactGone, match="not in the store"):
        read_artifact(digest(b"other"))
    with pytest.raises(ValueError, match="named by a digest"):
        read_artifact("sha256:../../etc/passwd")


def test_an_artifact_expires_only_after_its_time_and_without_a_hold_and_leaves_an_entry_and_its_digest(
    stored, clock, django_capture_on_commit_callbacks
):
    with pytest.raises(ArtifactKept, match="to be kept until"):
        expire_artifact(stored.digest, actor=JOB)
    clock.move(days=31)
    hold = place_hold(stored.digest, actor=JOB, reason="A complaint is open.")
    with pytest.raises(ArtifactKept, match="A complaint is open"):
        expire_artifact(stored.digest, actor=JOB)
    release_hold(hold, actor=JOB)
    with django_capture_on_commit_callbacks(execute=True):
        expire_artifact(stored.digest, actor=JOB)
    with pytest.raises(ArtifactGone, match=f"expired on {clock.now():%Y-%m-%d}"):
        read_artifact(stored.digest)
    assert list(Entry.objects.order_by("id").values_list("kind", "payload__digest")) == [
        (f"evidence:{what}", stored.digest) for what in ("hold:placed", "hold:ended", "artifact:expired")
    ]
    assert Artifact.objects.get() == stored


@pytest.mark.django_db(transaction=True)
def test_an_expiry_that_is_rolled_back_keeps_the_bytes(own_var):
    row = store_artifact(DATA, media_type="application/json", name="x", retain_days=1)
    clock_services.move(timedelta(days=2))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        expire_artifact(row.digest, actor=JOB)
        raise ZeroDivisionError
    assert read_artifact(row.digest) == DATA
    assert not Entry.objects.exists()


def test_an_expiry_of_what_was_never_stored_is_refused(db, own_var):
    with pytest.raises(LookupError, match="was ever stored"):
        expire_artifact(digest(b"other"), actor=JOB)
    assert selectors.last_audit() is None


def test_the_daily_job_removes_what_is_over_once_and_leaves_what_is_held_or_still_young(
    stored, clock, django_capture_on_commit_callbacks
):
    young = store_artifact(b"young", media_type="text/plain", name="young", retain_days=90)
    held = store_artifact(b"held", media_type="text/plain", name="held", retain_days=1)
    place_hold(held.digest, actor=JOB, reason="A complaint is open.")
    clock.move(days=31)
    with django_capture_on_commit_callbacks(execute=True):
        expire()
    expire()
    assert list(Expiry.objects.values_list("digest", flat=True)) == [stored.digest]
    assert (read_artifact(young.digest), read_artifact(held.digest)) == (b"young", b"held")


def test_bytes_stored_again_after_their_expiry_are_there_again(stored, clock, django_capture_on_commit_callbacks):
    clock.move(days=31)
    with django_capture_on_commit_callbacks(execute=True):
        expire()
    again = store_artifact(DATA, media_type="application/json", name="proof.json", retain_days=10)
    assert read_artifact(again.digest) == DATA
    clock.move(days=11)
    with django_capture_on_commit_callbacks(execute=True):
        expire()
    with pytest.raises(ArtifactGone, match="expired on"):
        read_artifact(again.digest)
