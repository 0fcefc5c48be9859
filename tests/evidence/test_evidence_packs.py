"""Packs: what of a period is in one ZIP, for whom, checked by hand and in the page, and refused when touched."""

# ruff: noqa: F811 - a fixture is asked for by the name that it was imported under

import csv
import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.core.clock.services import now
from portal.core.evidence import keys, verify
from portal.core.evidence.models import Entry
from portal.core.evidence.selectors import checked_path, latest_checkpoint
from portal.core.evidence.services import sequence_all
from portal.core.identity.models import Membership
from portal.core.making.leases import waiting
from portal.pages.evidence.packs import checking, making
from portal.pages.evidence.packs.checking import check_pack
from portal.pages.models import Pack
from slo_app.models import Incident
from tests.contracts_app.test_contract_bundle import signed  # noqa: F401
from tests.contracts_app.test_waivers import ask as ask_waiver
from tests.contracts_app.test_waivers import of_row
from tests.contracts_app.test_waivers import sign as sign_waiver
from tests.contracts_app.test_waivers import version as proposed  # noqa: F401
from tests.many_rows import Ground, plant
from tests.privacy_app.conftest import drive, four  # noqa: F401

SUBJECTS = ["deletions", "contracts", "incidents", "waivers"]


def made(user, subjects=SUBJECTS, **days):
    day = now().date() + timedelta(**days)
    pack = making.ask(user=user, key=uuid4(), since=day, until=day, subjects=subjects)
    sequence_all()
    return making.make(pack.pk)


def names_in(pack):
    with zipfile.ZipFile(checked_path(pack.digest)) as archive:
        return [name for name in archive.namelist() if name.endswith(".zip")]


@pytest.fixture
def incident(world):
    plant(Ground(team=world.platform, owner=world.ana, signer=world.pia, at=now()), range(3))
    found = Incident.objects.order_by("pk").first()
    Incident.objects.filter(pk=found.pk).update(resolved_at=now(), postmortem="The disk was full.")
    return found


@pytest.fixture
def all_four(world, clock, signed, proposed, incident):
    sign_waiver(world, ask_waiver(world, clock, of_row(proposed)))
    return made(world.aud)


def test_a_pack_holds_a_bundle_of_everything_that_the_reader_may_read(world, all_four):
    found = names_in(all_four)
    assert [name.split("/")[0] for name in found] == ["contracts", "incidents", "waivers"]
    assert sorted(names_in(made(world.ana))) == sorted(found), "all of it is about Ana's team"
    assert names_in(made(world.otto)) == []
    assert names_in(made(world.aud, subjects=["waivers"])) == [found[-1]]
    assert names_in(made(world.aud, days=-1)) == []
    assert Entry.objects.filter(kind="evidence:pack:made").count() == 5


def test_a_deletion_proof_is_in_the_auditors_pack_and_in_nobody_elses(drive, world):
    done = drive.completed()
    assert names_in(made(world.aud, subjects=["deletions"])) == [f"deletions/{done.req_id}.zip"]
    assert names_in(made(world.ana, subjects=["deletions"])) == []


def test_the_unpacked_pack_passes_the_commands_of_its_own_readme(all_four, tmp_path):
    with zipfile.ZipFile(checked_path(all_four.digest)) as archive:
        archive.extractall(tmp_path)
    fingerprint = keys.fingerprint(keys.server_key().public).removeprefix("sha256:")
    readme = (tmp_path / "README.txt").read_text()
    commands = [line.strip() for line in readme.splitlines() if line.startswith("     ")]
    assert len(commands) == 3
    for command in commands:
        ready = command.replace("FINGERPRINT", fingerprint).replace("python3", sys.executable)
        done = subprocess.run(["sh", "-c", ready], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "REFUSED" not in done.stdout
    rows = list(csv.DictReader((tmp_path / "index.csv").read_text().splitlines()))
    page = (tmp_path / "index.html").read_text()
    assert len(rows) == 3
    assert all(row["digest"] == verify.digest((tmp_path / row["file"]).read_bytes()) for row in rows)
    assert all(f'href="{row["file"]}"' in page for row in rows)
    manifest = json.loads((tmp_path / "manifest.json").read_bytes())
    entry = Entry.objects.get(kind="evidence:pack:made")
    assert entry.payload["manifest"] == verify.digest((tmp_path / "manifest.json").read_bytes())
    assert (manifest["not_covered"] != [], manifest["read_as"]) == (True, ["auditor"])


def test_what_could_not_be_packed_is_named_with_its_reason(drive, world):
    done = drive.completed()
    checked_path(done.bundle_digest).unlink()
    pack = made(world.aud, subjects=["deletions"])
    assert (pack.left_out, names_in(pack)) == (1, [])
    with zipfile.ZipFile(checked_path(pack.digest)) as archive:
        page = archive.read("index.html").decode()
    assert done.req_id in page
    assert "not in the store" in page


def changed(pack, name, data):
    """The pack with one member replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(checked_path(pack.digest)) as old, zipfile.ZipFile(out, "w") as new:
        for each in old.namelist():
            new.writestr(each, data if each == name else old.read(each))
    return out


def rows_of(report):
    return {name: (state, sentence) for name, state, sentence in report.checks}


def test_each_tamper_of_a_pack_is_refused_with_its_sentence(all_four):
    key = keys.fingerprint(keys.server_key().public)
    with checked_path(all_four.digest).open("rb") as file:
        honest = check_pack(file, key)
    assert (honest.exit_code, len(honest.bundles), honest.refused) == (0, 3, [])
    first, second = names_in(all_four)[:2]
    with zipfile.ZipFile(checked_path(all_four.digest)) as archive:
        other, manifest = archive.read(second), json.loads(archive.read("manifest.json"))
    swapped = check_pack(changed(all_four, first, other), key)
    assert rows_of(swapped.pack)["files"] == ("FAILED", f"{first} is not the file that manifest.json names.")
    broken = check_pack(changed(all_four, first, b"no zip"), key)
    assert broken.refused == [first]
    forged = verify.canonical(manifest | {"left_out": [{"title": "x", "why": "y"}]})
    assert (
        "changed after it was signed"
        in rows_of(check_pack(changed(all_four, "manifest.json", forged), key).pack)["signature"][1]
    )
    assert "not by the key you gave" in rows_of(check_pack(changed(all_four, "", b""), "0" * 64).pack)["key"][1]
    assert rows_of(check_pack(changed(all_four, "", b""), "0" * 64).pack)["signature"][0] == "not checked"


@pytest.mark.parametrize(
    ("member", "size", "said"),
    [
        ("../../etc/passwd", 3, "not a plain file"),
        ("/etc/passwd", 3, "not a plain file"),
        ("a/../../b.zip", 3, "not a plain file"),
        ("a/b.zip", 70_000_000, "too large"),
        ("C:\\x", 3, "not a plain file"),
    ],
)
def test_a_hostile_pack_is_refused_before_it_is_unpacked(member, size, said):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b"{}")
        archive.writestr(member, b"\0" * size)
    [(name, state, sentence)] = check_pack(out, "0" * 64).pack.checks
    assert (name, state) == ("container", "FAILED")
    assert said in sentence


def test_a_pack_with_a_link_a_doubled_name_too_many_files_or_a_bomb_in_parts_is_refused(monkeypatch):
    def refused(*members):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members:
                archive.writestr(name, data)
        [(name, state, sentence)] = check_pack(out, "0" * 64).pack.checks
        assert (name, state) == ("container", "FAILED")
        return sentence

    link = zipfile.ZipInfo("a.zip")
    link.external_attr = 0o120777 << 16
    assert "not a plain file" in refused((link, "/etc/passwd"))
    assert "a file twice" in refused(("a.zip", b"1"), ("A.ZIP", b"2"))
    monkeypatch.setattr(checking, "MAX_MEMBERS", 3)
    assert "at most 3" in refused(*((f"{number}.zip", b"") for number in range(4)))
    monkeypatch.setattr(checking, "MAX_UNPACKED", 150_000)
    assert "bomb" in refused(*((f"{number}.zip", bytes(100_000)) for number in range(2)))


def test_a_pack_is_asked_for_made_taken_away_and_verified_in_the_pages(world, signed, own_var):
    aud, day = world.client("aud"), now().date()
    form = {"since": day, "until": day, "subjects": SUBJECTS, "idempotency_key": str(uuid4())}
    asked = aud.post(reverse("evidence:packs"), form)
    assert aud.post(reverse("evidence:packs"), form).url == asked.url
    pack = Pack.objects.get()
    assert "Waits for a worker" in aud.get(asked.url).content.decode()
    assert aud.get(reverse("evidence:pack-file", args=[pack.pk])).status_code == 404
    sequence_all()
    assert making.make(pack.pk).state == "ready"
    assert making.make(pack.pk) is None
    sequence_all()
    answer = aud.get(reverse("evidence:pack-file", args=[pack.pk]))
    data = b"".join(answer.streaming_content)
    assert verify.digest(data) == Pack.objects.get().digest
    for seen in ("", latest_checkpoint().note):
        upload = {"bundle": SimpleUploadedFile("p.zip", data), "key": keys.fingerprint(keys.server_key().public)}
        page = aud.post(reverse("evidence:verify"), upload | {"seen": seen}).content.decode()
        assert "Nothing was refused in the pack and its 1 bundle." in page
    bad = data.replace(b"manifest.sig", b"manifest.sih")
    upload = {"bundle": SimpleUploadedFile("p.zip", bad), "key": keys.fingerprint(keys.server_key().public)}
    assert "Refused." in aud.post(reverse("evidence:verify"), upload).content.decode()
    wrong = aud.post(
        reverse("evidence:packs"), form | {"since": day + timedelta(days=1), "idempotency_key": str(uuid4())}
    )
    assert wrong.status_code == 422


def test_a_maker_who_lost_the_role_loses_the_pack_and_others_never_see_it(world, own_var):
    pack = made(world.ana, subjects=["contracts"])
    address = reverse("evidence:pack", args=[pack.pk])
    assert [world.client(who).get(address).status_code for who in ("ana", "bob", "otto", "aud")] == [200, 403, 403, 200]
    Membership.objects.filter(user=world.ana).delete()
    Membership.objects.create(user=world.ana, team=world.logistics, role="owner")
    assert world.client("ana").get(address).status_code == 403


def test_a_pack_whose_workers_die_is_tried_three_times_and_then_says_so(world, own_var, clock):
    pack = making.ask(user=world.aud, key=uuid4(), since=now().date(), until=now().date(), subjects=["contracts"])
    Pack.objects.filter(pk=pack.pk).update(attempts=3, leased_until=now() + timedelta(minutes=1))
    assert making.make(pack.pk) is None
    clock.move(minutes=6)
    assert waiting(Pack) == [pack.pk]
    assert making.make(pack.pk).state == "failed"
    assert "three attempts" in world.client("aud").get(pack.get_absolute_url()).content.decode()
