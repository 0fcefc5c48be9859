"""Board packs: facts of a period, the same bytes for the same facts, signed, in the ledger, and checked offline."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import uuid
import zipfile
from datetime import timedelta

import pytest
from django.urls import reverse

from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.keys import fingerprint, server_key
from portal.core.evidence.selectors import read_artifact
from portal.pages.scoreboard import counting, packing
from portal.pages.scoreboard.facts import NothingCounted, facts_of
from portal.pages.scoreboard.models import BoardPack, Day
from portal.pages.scoreboard.periods import Period, period_named
from portal.pages.scoreboard.tasks import make_board_pack, queue_board_packs
from tests.contracts_app import life


@pytest.fixture
def counted(world, clock):
    """Three counted days in a row; the world."""
    life.register_names(world)
    for _ in range(3):
        counting.count(clock.now())
        clock.move(days=1)
    return world


def last_days(clock) -> Period:
    day = clock.now().date()
    return Period("tests", "The last days", day - timedelta(days=5), day)


def made(world, clock) -> BoardPack:
    pack = packing.ask(user=world.hal, key=uuid.uuid4(), period=last_days(clock))
    make_board_pack(pack.pk)
    pack.refresh_from_db()
    return pack


def test_the_facts_hold_targets_with_days_incidents_deletions_closings_and_digests(counted, clock) -> None:
    period = last_days(clock)
    facts = facts_of(period.since, period.until)
    contracts = next(each for each in facts["targets"] if each["key"] == "contracts")
    assert (contracts["standing"], contracts["shown"], contracts["missing"]) == ("Missed", "0 %", 1)
    assert contracts["gaps"] == [["demo/customer_events", "It has no contract."]]
    assert [value for _, value in contracts["days"]] == ["0", "0", "0"]
    assert facts["days_counted"] == 3
    assert facts["deletions"]["received"] == 0
    recorded = [(told, entry) for _, told, entry in facts["evidence"]["days"]]
    days = list(Day.objects.order_by("day"))
    assert recorded == [(counting.figures_digest(day.figures), str(day.entry_id or "")) for day in days]
    assert recorded[0][1], "a day that is over has its entry"
    deletion = next(each for each in facts["targets"] if each["key"] == "deletion")
    assert deletion["gaps"] == [], "no request by name"
    assert canonical_bytes(facts), "canonical JSON: no fraction is in it"


def test_a_period_without_a_counted_day_makes_no_pack(world, clock) -> None:
    with pytest.raises(NothingCounted, match="No day of The last days was counted"):
        packing.ask(user=world.hal, key=uuid.uuid4(), period=last_days(clock))


def test_the_same_facts_give_the_same_document_byte_for_byte_with_charts_in_it(counted, clock) -> None:
    period = last_days(clock)
    facts = facts_of(period.since, period.until)
    first = packing.unsigned_pdf(facts)
    assert digest(first) == digest(packing.unsigned_pdf(facts_of(period.since, period.until)))
    context = packing.context_of(facts)
    drawn = [target["key"] for target in context["targets"] if target["chart"]]
    assert drawn == ["contracts", "slos"], "a target without values has no chart, and says so"


def test_a_pack_is_signed_recorded_and_its_bundle_checks_without_the_portal(counted, clock, tmp_path) -> None:
    pack = made(counted, clock)
    assert (pack.state, pack.problem) == ("ready", "")
    pdf, facts = read_artifact(pack.pdf_digest), read_artifact(pack.facts_digest)
    assert b"/ETSI.CAdES.detached" in pdf
    assert pack.entry.payload == {
        "pack": str(pack), "since": str(pack.since), "until": str(pack.until),
        "digest": pack.facts_digest, "pdf": pack.pdf_digest,
    }  # fmt: skip
    archive = zipfile.ZipFile(io.BytesIO(read_artifact(pack.bundle_digest)))
    assert archive.read("proof.pdf") == pdf
    assert archive.read("board.json") == facts
    key = fingerprint(server_key().public)
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(read_artifact(pack.bundle_digest))
    (tmp_path / "verify.py").write_bytes(archive.read("verify.py"))
    command = [sys.executable, "-I", "verify.py", "bundle.zip", "--key", key]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(bundle, "w") as changed:
        for name in archive.namelist():
            data = archive.read(name)
            changed.writestr(name, data.replace(b"Missed", b"Reached") if name == "board.json" else data)
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, "a changed figure is refused"


def test_a_pack_is_asked_for_on_its_page_made_by_a_worker_and_taken_away(counted, clock) -> None:
    client = counted.client("hal")
    period = period_named(f"{clock.now():%Y-%m}", clock.now().date())
    data = {"period": period.key, "idempotency_key": str(uuid.uuid4())}
    urls = {client.post(reverse("scoreboard:packs"), data).url for _ in range(2)}
    [url] = urls
    page = client.get(url).content.decode()
    assert "Waits for a worker" in page
    assert 'hx-trigger="every 2s"' in page
    assert client.get(f"{url}board.pdf").status_code == 404
    assert queue_board_packs() == 1
    [pack] = BoardPack.objects.all()
    make_board_pack(pack.pk)
    page = client.get(url).content.decode()
    assert "Download the PDF" in page
    assert "In the ledger" in page
    assert client.get(f"{url}board.pdf").content.startswith(b"%PDF")
    assert zipfile.is_zipfile(io.BytesIO(client.get(f"{url}bundle.zip").content))
    assert json.loads(read_artifact(BoardPack.objects.get().facts_digest))["until"] == str(period.until)
    assert reverse("scoreboard:packs") not in counted.client("ana").get(reverse("scoreboard:board")).content.decode()


def test_a_pack_is_made_once_and_given_up_after_three_attempts(counted, clock) -> None:
    pack = packing.ask(user=counted.hal, key=uuid.uuid4(), period=last_days(clock))
    BoardPack.objects.filter(pk=pack.pk).update(leased_until=clock.now() + timedelta(minutes=1))
    assert packing.make(pack.pk) is None, "another worker holds it"
    BoardPack.objects.filter(pk=pack.pk).update(leased_until=None, attempts=3)
    assert packing.make(pack.pk).state == "failed"
    page = counted.client("hal").get(pack.get_absolute_url()).content.decode()
    assert "It was not made." in page
