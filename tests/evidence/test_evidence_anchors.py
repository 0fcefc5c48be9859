"""Anchors: a checkpoint leaves the house every day by each way that is set, or somebody is told."""

import io
import re
import zipfile

import pytest
from django.core import mail
from django.urls import reverse

from portal.core.clock.services import now
from portal.core.evidence import keys, verify
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.models import AnchorRun, Checkpoint, Timestamp
from portal.core.evidence.services import build_bundle, cast_due, sequence_all, stamp_over, standing
from portal.core.notify.services import deliver_waiting
from portal.core.oncall.models import Page
from portal.pages.evidence.anchoring import late_anchors, tell_of_late_anchors
from tests.evidence.conftest import PROOF
from tests.time_authority import serving


@pytest.fixture
def authority(tmp_path_factory, settings):
    with serving(tmp_path_factory.mktemp("tsa")) as made:
        settings.TSA_URL = made.url
        yield made


@pytest.fixture
def grown(note):
    def grow():
        note()
        sequence_all()
        return Checkpoint.objects.order_by("-size").first()

    return grow


def cast():
    return [(run.anchor, run.good, run.sentence) for run in cast_due(now())]


def test_the_folder_gets_one_read_only_file_a_checkpoint_and_none_is_ever_replaced(grown, settings, tmp_path, clock):
    settings.CHECKPOINT_FOLDER = str(tmp_path / "public")
    first = grown()
    assert cast() == [("folder", True, "Written as checkpoint-000000000001.txt.")]
    assert cast() == [], "once a day"
    clock.move(days=1)
    assert cast() == [], "nothing has grown"
    grown()
    assert cast() == [("folder", True, "Written as checkpoint-000000000002.txt.")]
    files = sorted((tmp_path / "public").iterdir())
    assert [each.name for each in files] == ["checkpoint-000000000001.txt", "checkpoint-000000000002.txt"]
    assert files[0].read_text() == first.note
    assert files[0].stat().st_mode & 0o222 == 0


def test_a_file_of_another_ledger_under_the_same_name_is_a_failure_and_stays_as_it_is(grown, settings, tmp_path, clock):
    settings.CHECKPOINT_FOLDER = str(tmp_path)
    (tmp_path / "checkpoint-000000000001.txt").write_text("another ledger")
    grown()
    [(name, good, sentence)] = cast()
    assert (name, good) == ("folder", False)
    assert "compare both" in sentence
    assert (tmp_path / "checkpoint-000000000001.txt").read_text() == "another ledger"
    assert cast() == [], "not at once"
    (tmp_path / "checkpoint-000000000001.txt").unlink()
    clock.move(minutes=15)
    assert cast() == [("folder", True, "Written as checkpoint-000000000001.txt.")]


def test_auditors_and_the_dpo_get_the_checkpoint_by_mail_and_can_use_it_as_it_stands(world, grown, settings, bundle_of):
    settings.CHECKPOINT_MAIL, settings.DPO_CONTACT = ["dpo", "auditors", "press@example.com"], "dpo@example.com"
    seen = grown()
    mail.outbox.clear()
    assert cast() == [("mail", True, "Handed to the outbox for 3 readers.")]
    deliver_waiting()
    assert {each.to[0] for each in mail.outbox} == {"dpo@example.com", world.aud.email, "press@example.com"}
    note = re.search(r"--------\n(.*)--------", mail.outbox[0].body, re.DOTALL)[1]
    assert note == seen.note
    report = verify.verify_bundle(bundle_of(), keys.fingerprint(keys.server_key().public), seen=note)
    assert next(row[2] for row in report.checks if row[0] == "seen").startswith("Give --consistency FILE")


def test_a_mail_setting_that_reaches_nobody_is_a_failure_that_says_so(grown, settings, db):
    settings.CHECKPOINT_MAIL, settings.DPO_CONTACT = ["dpo"], "by letter only"
    grown()
    assert "names nobody that can be reached" in cast()[0][2]


def test_the_authority_stamps_the_day_and_its_chain_travels_in_the_bundle(bundle_of, note, authority, settings):
    settings.TSA_CHAIN_FILE = str(authority.root)
    entry = note("a proof", digest(canonical_bytes(PROOF)))
    sequence_all()
    assert cast() == [("timestamp", True, "Stamped by self-timestamped.")]
    data = build_bundle(proof=PROOF, entry=entry, not_covered=[])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.read("tsa-chain.pem") == authority.root.read_bytes()
        assert "-untrusted tsa-chain.pem" in archive.read("README.txt").decode()
    key = keys.fingerprint(keys.server_key().public)
    report = verify.verify_bundle(data, key, tsa_ca=str(authority.root))
    [(state, sentence)] = [row[1:] for row in report.checks if row[0] == "timestamp"]
    assert (state, "proves nothing against it" in sentence, report.exit_code) == ("OK", True, 0)
    assert verify.verify_bundle(data, key, tsa_ca=str(authority.signer)).exit_code == 1, "not the root"


def test_a_stamp_that_its_chain_does_not_carry_is_not_kept(grown, authority, settings, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    with serving(other):
        settings.TSA_CHAIN_FILE = str(other / "root.pem")
        grown()
        [(_, good, sentence)] = cast()
    assert not good
    assert "does not verify against TSA_CHAIN_FILE" in sentence
    assert not Timestamp.objects.exists()


@pytest.mark.parametrize(
    ("answer", "status", "why"),
    [
        (b"rubbish", 200, "no RFC 3161 reply"),
        (b"", 503, "the status 503"),
        (bytes.fromhex("30053003020102"), 200, "refused: rejection"),
    ],
)
def test_an_authority_that_refuses_or_answers_rubbish_is_a_failure_with_its_reason(
    grown, authority, answer, status, why
):
    authority.answer, authority.status = answer, status
    grown()
    [(_, good, sentence)] = cast()
    assert not good
    assert why in sentence


def test_the_answer_to_another_question_is_refused(grown, authority, clock):
    grown()
    assert cast()[0][1]
    authority.answer = (authority.folder / "reply").read_bytes()
    clock.move(days=1)
    grown()
    assert cast() == [("timestamp", False, "The time-stamp authority answered a question that was not asked.")]


def test_an_authority_that_is_down_keeps_no_other_anchor_waiting(grown, settings, tmp_path, clock):
    settings.TSA_URL, settings.CHECKPOINT_FOLDER = "http://127.0.0.1:9/", str(tmp_path)
    grown()
    assert [(name, good) for name, good, _ in cast()] == [("folder", True), ("timestamp", False)]
    assert cast() == []
    clock.move(minutes=15)
    assert [(name, good) for name, good, _ in cast()] == [("timestamp", False)]


def test_one_stamp_serves_every_proof_below_it(note, authority):
    entries = [note(str(number)) for number in range(5)]
    sequence_all()
    for entry in entries:
        stamp_over(entry)
    assert (authority.asked, Timestamp.objects.count()) == (1, 1)
    later = note("later")
    sequence_all()
    stamp_over(later)
    assert authority.asked == 2


def test_a_bundle_is_made_without_a_stamp_where_the_authority_is_down_and_says_so(note, settings):
    settings.TSA_URL = "http://127.0.0.1:9/"
    entry = note("a proof", digest(canonical_bytes(PROOF)))
    sequence_all()
    stamp_over(entry)
    data = build_bundle(proof=PROOF, entry=entry, not_covered=[])
    report = verify.verify_bundle(data, keys.fingerprint(keys.server_key().public))
    assert ("timestamp", "not checked") in [row[:2] for row in report.checks]
    assert AnchorRun.objects.filter(anchor="timestamp", good=False).count() == 1


def test_a_late_anchor_pages_once_and_is_resolved_when_it_arrives(world, grown, settings, tmp_path, clock):
    settings.OPERATIONS_TEAM = world.platform.slug
    settings.CHECKPOINT_FOLDER = str(tmp_path / "file" / "below")
    (tmp_path / "file").write_text("in the way")
    grown()
    cast()
    assert tell_of_late_anchors() == 0
    assert not standing(now())[0].late_since
    clock.move(hours=28)
    cast()
    assert (tell_of_late_anchors(), tell_of_late_anchors()) == (1, 1)
    assert Page.objects.count() == 1
    [item] = late_anchors(world.aud)
    assert "Not a directory" in item.text
    assert list(late_anchors(world.ana)) == []
    (tmp_path / "file").unlink()
    clock.move(minutes=15)
    cast()
    assert tell_of_late_anchors() == 0
    assert list(late_anchors(world.aud)) == []


def test_the_page_says_that_nothing_leaves_the_house_and_then_what_did(world, grown, settings, tmp_path):
    aud = world.client("aud")
    assert "Nothing leaves this house" in aud.get(reverse("evidence:anchors")).content.decode()
    settings.CHECKPOINT_FOLDER, settings.TSA_URL = str(tmp_path), "http://127.0.0.1:9/"
    grown()
    cast()
    page = aud.get(reverse("evidence:anchors")).content.decode()
    for words in ("Anchored", "Failed, tried again", "Written as checkpoint-", "gave no answer", "Not set: Mail"):
        assert words in page


def test_a_late_anchor_is_not_called_late_while_the_ledger_stands_still(grown, settings, tmp_path, clock):
    settings.CHECKPOINT_FOLDER = str(tmp_path)
    grown()
    cast()
    clock.move(days=30)
    assert standing(now())[0].late_since is None
