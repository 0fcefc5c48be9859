"""The evidence pages as an auditor, an owner and a stranger meet them."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.core.evidence import keys, selectors, verify
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.domain.merkle import leaf_hash
from portal.core.evidence.models import Checkpoint
from portal.core.evidence.services import record, run_audit, sequence_all
from portal.core.identity.actors import actor_of
from tests.evidence.conftest import NOTED


def text_of(response):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


@pytest.fixture
def aud(world):
    return world.client("aud")


def test_the_list_says_what_happened_with_the_name_of_who_did_it(world, aud):
    record(NOTED, actor=actor_of(world.ana), payload={"subject": "customer_events", "digest": ""})
    page = text_of(aud.get("/evidence/"))
    assert "Ana Owner noted customer_events as owner." in page
    assert "Pending" in page
    sequence_all()
    assert "Recorded" in text_of(aud.get("/evidence/"))


def test_an_owner_sees_what_is_about_their_own_assets_only(world, note):
    note("ours", team_id=world.platform.pk)
    other = note("theirs", team_id=world.logistics.pk)
    nobodys = note("organisation")
    ana = world.client("ana")
    page = text_of(ana.get("/evidence/"))
    assert ("ours" in page, "theirs" in page, "organisation" in page) == (True, False, False)
    refused = ana.get(other.get_absolute_url())
    assert refused.status_code == 403
    assert "auditor" in text_of(refused)
    assert ana.get(nobodys.get_absolute_url()).status_code == 403


def test_the_filters_are_in_the_url_and_the_pages_go_on_to_the_oldest(aud, note):
    for number in range(53):
        note(f"table-{number:02}")
    first = aud.get("/evidence/?kind=tests:fact:noted")
    assert "table-52" in text_of(first)
    assert "table-02" not in text_of(first)
    older = unescape(re.search(r'href="(\?[^"]*before=\d+)"', first.content.decode()).group(1))
    assert "kind=tests" in older
    second = text_of(aud.get("/evidence/" + older))
    assert ("table-00" in second, "This is the oldest" in second, "table-03" in second) == (True, True, False)
    assert "No entry fits these filters" in text_of(aud.get("/evidence/?until=2020-01-01"))
    assert "Show all entries" in text_of(aud.get("/evidence/?kind=evidence:key:introduced"))


def test_a_filter_that_is_none_is_said_and_not_ignored(aud, note):
    note("table")
    page = aud.get("/evidence/?since=yesterday")
    assert "Enter a valid date" in text_of(page)
    assert aud.get("/evidence/?kind=no:such:kind").status_code == 200


def test_the_list_takes_the_same_queries_however_many_entries_it_shows(aud, note):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            aud.get("/evidence/")
        return len(caught)

    note("one")
    before = queries()
    for number in range(20):
        note(str(number))
    assert queries() == before


def test_a_pending_entry_looks_again_by_itself_and_shows_its_proof_once_it_has_one(aud, note):
    entry = note("table")
    pending = aud.get(entry.get_absolute_url())
    assert 'hx-trigger="every 2s"' in pending.content.decode()
    assert aud.get(entry.get_absolute_url() + "proof.tlog").status_code == 404
    sequence_all()
    page = aud.get(entry.get_absolute_url())
    assert "hx-trigger" not in page.content.decode().split("<main")[1], "only the bell of the frame asks on"
    assert "c2sp.org/tlog-proof@v1" in text_of(page)


def test_what_the_entry_page_offers_for_download_proves_the_entry(aud, note):
    note("first")
    entry = note("second")
    sequence_all()
    leaf = aud.get(entry.get_absolute_url() + "entry.json").content
    proof = aud.get(entry.get_absolute_url() + "proof.tlog").content.decode()
    index, path, note_text = verify.parse_proof(proof, "index")
    _, size, root = verify.parse_checkpoint(note_text)
    assert verify.inclusion_ok(leaf_hash(leaf), index, size, path, root)
    assert verify.note_signed(note_text, keys.server_key().public)


def test_a_payload_is_shown_as_text_and_never_as_markup(aud, note):
    entry = note("<script>alert(1)</script>")
    for url in ("/evidence/", entry.get_absolute_url()):
        assert "<script>alert" not in aud.get(url).content.decode()


def test_the_checkpoint_page_shows_the_note_to_keep_and_leads_to_the_present(aud, note):
    note("one")
    sequence_all()
    note("two")
    sequence_all()
    page = aud.get("/evidence/checkpoints/1/")
    kept = aud.get("/evidence/checkpoints/1/note").content.decode()
    assert kept == Checkpoint.objects.get(size=1).note
    assert kept.split("\n")[2] in text_of(page)
    lead = aud.get("/evidence/consistency?from=1&to=2").content.decode()
    assert lead == selectors.consistency_proof(1, Checkpoint.objects.get(size=2))
    assert aud.get("/evidence/checkpoints/7/").status_code == 404
    for wrong in ("", "?from=2&to=1", "?from=1&to=9", "?from=-1&to=2", "?from=x&to=2"):
        assert aud.get("/evidence/consistency" + wrong).status_code == 404
    assert "2" in text_of(aud.get("/evidence/checkpoints/"))


def upload(client, data, key, seen=""):
    form = {"bundle": SimpleUploadedFile("b.zip", data), "key": key, "seen": seen}
    return client.post("/evidence/verify/", form)


def test_a_bundle_that_is_uploaded_gets_the_result_of_each_check(aud, bundle_of, note):
    note("earlier")
    sequence_all()
    kept = selectors.latest_checkpoint().note
    data, key = bundle_of(), keys.fingerprint(keys.server_key().public)
    page = upload(aud, data, key, kept.replace("\n", "\r\n"))
    assert page.status_code == 200
    assert "Nothing was refused; 2 not checked." in text_of(page)
    assert "The tree of 2 entries continues the one of 1." in text_of(page)
    assert "Backups older than a month." in text_of(page)
    broken = text_of(upload(aud, data.replace(b"proof.json", b"proof.jsom"), key))
    assert "Do not rely on it; the table says why." in broken
    assert "not by the key you gave" in text_of(upload(aud, data, "0" * 64))


def test_an_upload_without_a_key_or_with_something_else_says_what_is_wrong(aud, bundle_of):
    missing = upload(aud, bundle_of(), "")
    assert missing.status_code == 422
    assert "Fingerprint of the key: This field is required." in text_of(missing)
    assert "The ZIP is damaged" in text_of(upload(aud, b"hello", "0" * 64, "not a checkpoint"))


def test_the_keys_page_is_open_to_an_auditor_without_an_account_and_names_every_key(world, note, settings, tmp_path):
    note("one")
    sequence_all()
    old = keys.fingerprint(keys.server_key().public)
    settings.VAR_DIR = tmp_path
    new = keys.fingerprint(keys.server_key().public)
    page = text_of(world.client().get("/evidence/keys/"))
    assert (old in page, new in page) == (True, True)
    assert "Retired, still valid for old bundles" in page
    source = world.client().get("/evidence/keys/verify.py").content
    assert digest(source) in page
    assert digest(world.client().get("/evidence/keys/verify_signatures.py").content) in page


def test_a_fault_that_the_recomputation_found_is_on_the_first_page(aud, note):
    entry = note("table")
    sequence_all()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE evidence_entry SET actor_role = 'auditor'")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    assert "Not run yet" in text_of(aud.get("/evidence/"))
    run_audit()
    page = text_of(aud.get("/evidence/"))
    assert "The ledger does not fit its entries." in page
    assert f"Entry {entry.pk} (number 0) is not what was recorded" in page


def test_a_machine_that_watches_the_log_gets_checkpoints_and_consistency_with_its_token(world, note):
    client, bearer = world.client(), {"Authorization": f"Bearer {world.token('evidence:read')}"}
    assert client.get("/api/v1/evidence/checkpoint", headers=bearer).status_code == 404
    heads = []
    for subject in ("one", "two"):
        note(subject)
        sequence_all()
        heads.append(client.get("/api/v1/evidence/checkpoint", headers=bearer).content.decode())
    (_, old, old_root), (_, new, new_root) = map(verify.parse_checkpoint, heads)
    assert verify.note_signed(heads[0], keys.server_key().public)
    lead = client.get(f"/api/v1/evidence/consistency?from={old}&to={new}", headers=bearer).content.decode()
    start, path, newer = verify.parse_proof(lead, "old")
    assert (start, newer) == (old, heads[1])
    assert verify.consistency_ok(old, new, path, old_root, new_root)
    for query, status in (("from=1", 400), ("from=5&to=2", 404), ("from=1&to=9", 404)):
        answer = client.get(f"/api/v1/evidence/consistency?{query}", headers=bearer)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert client.get("/api/v1/evidence/checkpoint").status_code == 401
