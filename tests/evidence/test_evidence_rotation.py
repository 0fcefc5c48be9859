"""Another signing key: announced under the old one, in use at once, and no proof of before or after is lost."""

import io

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from portal.core.evidence import keys, selectors, verify
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.models import Checkpoint, Entry, PublicKey
from portal.core.evidence.services import audit_tree, build_bundle, rotation, sequence_all
from tests.evidence.conftest import PROOF


def rotate(*words):
    out = io.StringIO()
    call_command("rotate_evidence_key", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def before(own_var, note):
    """A proof under the first key: (entry, bundle, its fingerprint, the checkpoint that an auditor kept)."""
    entry = note("a proof", digest(canonical_bytes(PROOF)))
    sequence_all()
    bundle = build_bundle(proof=PROOF, entry=entry, not_covered=[])
    return entry, bundle, keys.fingerprint(keys.server_key().public), selectors.latest_checkpoint().note


def test_the_keys_page_leads_from_a_new_key_to_its_announcement(before, client):
    rotate()
    page = client.get(reverse("evidence:keys")).content.decode()
    named = Entry.objects.get(kind="evidence:key:rotated")
    assert f'href="{named.get_absolute_url()}"' in page
    assert page.count("under a checkpoint by the key before it") == 1


def pem(private):
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_the_new_key_is_named_under_a_checkpoint_by_the_old_one_and_signs_without_a_restart(before):
    old = keys.server_key()
    raw = pem(old.private)
    said = rotate()
    new = keys.server_key()
    assert new.key_id != old.key_id
    assert (before[2] in said, keys.fingerprint(new.public) in said) == (True, True)
    named = Entry.objects.get(kind="evidence:key:rotated")
    assert named.payload == {"old": old.key_id, "new": new.key_id, "fingerprint": keys.fingerprint(new.public)}
    state = selectors.entry_state(named)
    assert state.checkpoint.key_id == old.key_id
    assert verify.note_signed(state.checkpoint.note, old.public)
    assert selectors.latest_checkpoint().key_id == new.key_id
    folder = keys.default_path().parent
    assert not any(raw in file.read_bytes() for file in folder.rglob("*") if file.is_file()), "the old key is gone"
    assert PublicKey.objects.count() == 2
    assert audit_tree()[1] == []


def test_bundles_of_before_and_after_pass_with_their_own_fingerprint_and_a_kept_checkpoint_leads_across(before):
    entry, bundle, old, seen = before
    rotate()
    new = keys.fingerprint(keys.server_key().public)
    later = build_bundle(proof=PROOF, entry=entry, not_covered=[])
    assert verify.verify_bundle(bundle, old).exit_code == 0
    lead = selectors.consistency_proof(1, selectors.latest_checkpoint())
    report = verify.verify_bundle(later, new, seen, consistency=lead)
    assert ("seen", "OK") in [row[:2] for row in report.checks]
    assert report.exit_code == 0
    for given, key in ((bundle, new), (later, old)):
        assert verify.verify_bundle(given, key).exit_code == 1


def test_a_consistency_proof_leads_between_any_two_checkpoints_over_several_keys(before, note):
    for number in range(3):
        note(str(number))
        sequence_all()
        rotate()
    rows = list(Checkpoint.objects.order_by("size"))
    assert len({row.key_id for row in rows}) == 4
    for number, small in enumerate(rows):
        for large in rows[number:]:
            start, path, _ = verify.parse_proof(selectors.consistency_proof(small.size, large), "old")
            assert start == small.size
            assert verify.consistency_ok(small.size, large.size, path, bytes(small.root), bytes(large.root))


def test_a_rotation_that_died_in_between_is_finished_by_the_next_call_with_the_key_that_was_announced(before):
    place = keys.default_path()
    coming = place.with_name(place.name + ".next")
    keys.make(coming)
    announced = rotation.announce(coming, actor=keys_actor())
    assert keys.fingerprint(keys.server_key().public) == before[2], "the old key signs until the file is swapped"
    assert announced in rotate()
    assert keys.fingerprint(keys.server_key().public) == announced
    assert Entry.objects.filter(kind="evidence:key:rotated").count() == 1


def keys_actor():
    from portal.core.evidence.management.commands.rotate_evidence_key import OPERATOR

    return OPERATOR


def test_a_key_that_the_operator_keeps_is_only_announced_and_then_put_in_place(before, settings, tmp_path):
    settings.EVIDENCE_KEY_FILE = str(keys.default_path())
    with pytest.raises(CommandError, match=r"--announce NEW\.pem"):
        rotate()
    new, wrong = tmp_path / "new.pem", tmp_path / "rsa.pem"
    new.write_bytes(pem(Ed25519PrivateKey.generate()))
    wrong.write_bytes(pem(rsa.generate_private_key(65537, 2048)))
    assert "Announced: sha256:" in rotate("--announce", str(new))
    new.replace(settings.EVIDENCE_KEY_FILE)
    sequence_all()
    assert Entry.objects.get(kind="evidence:key:rotated").payload["new"] == keys.server_key().key_id
    for path, why in ((wrong, "not an Ed25519 key"), (tmp_path / "none", "no readable key")):
        with pytest.raises(CommandError, match=why):
            rotate("--announce", str(path))
    with pytest.raises(CommandError, match="signs already"):
        rotate("--announce", settings.EVIDENCE_KEY_FILE)
