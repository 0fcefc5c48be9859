"""A file of events is replayed in batches, again without harm, and tells each line that it refused."""

import gzip
import io
import json
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from lineage_app.bodies import EVENT_BYTES
from lineage_app.models import Edge, Inbox, RawEvent
from lineage_app.services import backpressure, project_all, replaying
from portal.core.evidence.models import Entry
from tests.lineage_app.sending import event


def ndjson(*events: Any) -> bytes:
    return b"".join((one if isinstance(one, bytes) else json.dumps(one).encode()) + b"\n" for one in events)


def run(*arguments: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("lineage_replay", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Three good events, one of them lenient and one twice, a blank line, with Windows line ends."""
    path = tmp_path / "events.ndjson"
    lenient = event(run=2) | {"eventTime": "2026-03-01T10:00:00"}
    path.write_bytes(ndjson(event(run=1), b"", lenient, event(run=1)).replace(b"\n", b"\r\n"))
    return path


def test_a_file_is_kept_line_by_line_and_drawn(db: None, file: Path) -> None:
    said, _ = run(str(file))
    assert said == "4 lines: 2 kept, 1 known already, 0 refused; 1 lenient, 0 foreign\n"
    assert RawEvent.objects.filter(token=None, is_foreign=False).count() == 2
    project_all()
    assert Edge.objects.get().state == "seen"


def test_a_second_replay_finds_everything_known_and_writes_no_evidence(db: None, file: Path) -> None:
    run(str(file))
    said, _ = run(str(file))
    assert "0 kept, 3 known already" in said
    assert RawEvent.objects.count() == 2
    entries = Entry.objects.filter(kind="lineage:events:replayed")
    assert [entry.payload for entry in entries] == [{"token": "none", "kept": 2, "known": 1, "refused": 0}]


@pytest.mark.parametrize("before", [False, True])
def test_a_dry_run_says_what_would_be_kept_and_changes_nothing(db: None, file: Path, before: bool) -> None:
    if before:
        run(str(file))
    kept, known = (0, 3) if before else (2, 1)
    said, _ = run(str(file), "--dry-run")
    assert f"{kept} would be kept, {known} known already" in said
    assert RawEvent.objects.count() == Inbox.objects.count() == (2 if before else 0)


def test_gzip_and_standard_input_are_read_too(db: None, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = file.with_suffix(".gz")
    packed.write_bytes(gzip.compress(file.read_bytes()))
    assert "2 kept" in run(str(packed))[0]
    with packed.open() as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        assert "3 known" in run("-")[0]


def test_refused_lines_are_named_and_the_others_kept(db: None, tmp_path: Path) -> None:
    path = tmp_path / "mixed.ndjson"
    long = b'{"a": "' + b"x" * (2 * EVENT_BYTES) + b'"}'
    path.write_bytes(ndjson(event(run=1), b"not JSON", long, event(run=2), {"eventTime": "never"}))
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError, match="3 lines were refused"):
        call_command("lineage_replay", str(path), stdout=out, stderr=err)
    assert [line.split(":")[0] for line in err.getvalue().splitlines()] == ["line 2", "line 3", "line 5"]
    assert "5 lines: 2 kept" in out.getvalue()


def test_a_file_that_ends_in_the_middle_keeps_what_came_before_and_says_so(db: None, tmp_path: Path) -> None:
    path = tmp_path / "cut.gz"
    whole = gzip.compress(ndjson(*(event(run=number) for number in range(replaying.BATCH * 2))))
    path.write_bytes(whole[: len(whole) * 3 // 4])
    with pytest.raises(CommandError, match="ended before") as caught:
        run(str(path))
    lines = int(str(caught.value).split("line ")[1].split(":")[0])
    assert replaying.BATCH < lines < replaying.BATCH * 2
    assert RawEvent.objects.count() == lines


def test_with_a_token_its_namespaces_decide_what_is_foreign(world: Any, tmp_path: Path) -> None:
    world.token("lineage:write", namespaces=("demo*",))
    path = tmp_path / "two.ndjson"
    path.write_bytes(ndjson(event(run=1), event(run=2, namespace="other")))
    said, _ = run(str(path), "--token", "a pipeline of the tests")
    assert "1 foreign" in said
    assert RawEvent.objects.filter(token__isnull=False, is_foreign=True).count() == 1


def test_a_token_that_is_not_there_or_not_the_only_one_is_refused(world: Any, file: Path) -> None:
    with pytest.raises(CommandError, match="No service token is called 'nobody'"):
        run(str(file), "--token", "nobody")
    world.token("lineage:write")
    world.token("lineage:write")
    with pytest.raises(CommandError, match="2 service tokens are called"):
        run(str(file), "--token", "a pipeline of the tests")


def test_a_replay_makes_way_for_the_projector_instead_of_pushing_producers_back(
    db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LINEAGE_WAITING_AT_MOST = 20
    monkeypatch.setattr(replaying, "BATCH", 5)
    path = tmp_path / "many.ndjson"
    path.write_bytes(ndjson(*(event(run=number) for number in range(60))))
    assert "60 kept" in run(str(path))[0]
    assert backpressure.waiting(100) <= 15
    assert RawEvent.objects.count() == 60


def test_a_large_file_takes_no_more_memory_than_a_batch(db: None, tmp_path: Path) -> None:
    path = tmp_path / "large.ndjson"
    with path.open("wb") as out:
        for number in range(4_000):
            out.write(ndjson(event(run=number % 40, job_facets={"sql": {"query": "s" * 6_000}})))
    assert path.stat().st_size > 24_000_000
    tracemalloc.start()
    try:
        assert "40 kept, 3960 known" in run(str(path))[0]
        assert tracemalloc.get_traced_memory()[1] < 16_000_000
    finally:
        tracemalloc.stop()
