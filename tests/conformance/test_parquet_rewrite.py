"""Parquet: files are swapped only when nobody changed them, and the new ones differ in nothing but the subject."""

import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from portal.core.connectors import registry
from portal.core.connectors.base import (
    ConnectorError,
    Erasable,
    FencedOff,
    Identifier,
    Resolvable,
    Subject,
    SystemConfig,
    Target,
)
from tests.conformance.kinds.parquet import ParquetEstate
from tests.conformance.promises import erase, mine, where


@pytest.fixture
def estate(postgres_server, tmp_path):
    planted = ParquetEstate(postgres_server.plan, tmp_path)
    planted.plant()
    return planted


def kind():
    return registry.capable("parquet", Erasable)


def test_a_file_that_changed_while_it_was_rewritten_is_done_again_and_the_late_row_is_kept(estate):
    path = estate.folder / "clicks" / "day=2" / "c.parquet"
    late, turns = ("late-customer", "late@example.com", 1), []

    def still_mine() -> bool:
        turns.append(1)
        if len(turns) == 5:  # right before the swap of the second file
            estate.put("day=2/c.parquet", [(estate.customer, estate.email, 7), late], "zstd")
        return True

    kind().delete(*where(estate), still_mine=still_mine)
    assert [row["customer_id"] for row in pq.ParquetFile(path).read().to_pylist()] == ["late-customer"]


def test_a_fence_lost_right_before_the_swap_leaves_the_file_and_no_temporary_behind(estate):
    before = {path: path.stat().st_ino for path in estate.folder.rglob("*") if path.is_file()}
    answers = iter([True, True, False])
    with pytest.raises(FencedOff):
        kind().delete(*where(estate), still_mine=lambda: next(answers))
    assert {path: path.stat().st_ino for path in estate.folder.rglob("*") if path.is_file()} == before


def test_schema_notes_codec_rights_and_the_order_of_rows_stay_as_they_were(estate):
    path = estate.folder / "clicks" / "day=2" / "b.parquet"
    path.chmod(0o640)
    before = pq.ParquetFile(path)
    rows = [row for row in before.read().to_pylist() if row["customer_id"] != estate.customer]
    erase(kind(), estate)
    after = pq.ParquetFile(path)
    assert after.schema_arrow.equals(before.schema_arrow, check_metadata=True)
    assert after.read().to_pylist() == rows
    assert after.metadata.row_group(0).column(0).compression == "SNAPPY"
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_file_with_nobody_left_stays_empty_with_its_schema(estate):
    erase(kind(), estate)
    emptied = pq.ParquetFile(estate.folder / "clicks" / "day=2" / "c.parquet")
    assert (emptied.metadata.num_rows, emptied.schema_arrow.names[0]) == (0, "id")


def test_a_subject_named_only_by_the_partition_folder_is_found_and_removed(tmp_path):
    for customer in ("cust-0001", "cust-0002"):
        folder = tmp_path / "visits" / f"customer_id={customer}"
        folder.mkdir(parents=True)
        pq.write_table(pa.table({"page": ["/a", "/b"]}), folder / "x.parquet")
    config = SystemConfig("lake", "parquet", {"root": str(tmp_path)})
    target = Target("visits", {"identifiers": {"customer_id": "customer_id"}})
    subject = Subject({"customer_id": frozenset({"cust-0001"})})
    assert kind().discover(config, target, subject).count == 2
    deleted = kind().delete(config, target, subject, still_mine=mine)
    assert (deleted.rows, deleted.partitions) == (2, ("customer_id=cust-0001/x.parquet",))
    assert kind().discover(config, target, subject).count == 0
    assert pq.ParquetFile(tmp_path / "visits" / "customer_id=cust-0002" / "x.parquet").metadata.num_rows == 2


def test_the_folder_of_a_partition_that_names_the_subject_goes_and_its_name_is_a_hit_until_then(tmp_path):
    folder = tmp_path / "visits" / "email=ana.subject%40example.com"
    folder.mkdir(parents=True)
    pq.write_table(pa.table({"page": ["/a"]}), folder / "x.parquet")
    config = SystemConfig("lake", "parquet", {"root": str(tmp_path)})
    target = Target("visits", {"identifiers": {"email": "email"}})
    subject = Subject({"email": frozenset({"ana.subject@example.com"})})
    found = kind().discover(config, target, subject)
    assert kind().delete(config, target, subject, still_mine=mine).rows == 1
    assert kind().verify_raw(config, target, subject, found).hits == 1
    kind().purge(config, target, subject, found, allow_exclusive=False, still_mine=mine)
    assert kind().verify_raw(config, target, subject, found).hits == 0
    assert not folder.exists()


def test_what_a_killed_worker_left_half_written_is_removed_by_the_purge(estate):
    left = estate.folder / "clicks" / "day=1" / ".custody-abc.tmp"
    left.write_bytes(b"PAR1" + estate.email.encode())
    found = kind().discover(*where(estate))
    assert kind().verify_raw(*where(estate), found).hits
    erase(kind(), estate)
    assert not left.exists()


def test_a_broken_file_is_an_error_in_words_and_counted_by_the_decode_probe(estate):
    found = erase(kind(), estate)
    (estate.folder / "clicks" / "broken.parquet").write_bytes(b"PAR1 not whole")
    with pytest.raises(ConnectorError, match="cannot be read as Parquet"):
        kind().discover(*where(estate))
    os.rename(estate.folder / "clicks" / "broken.parquet", estate.folder / "clicks" / "_broken")
    assert "1 files cannot be read" in kind().verify_decoded(*where(estate), found).reason


def test_an_identity_map_of_files_yields_edges(estate):
    declared = {
        "object": "clicks",
        "columns": {"email": "email", "customer_id": "customer_id"},
        "person": "customer_id",
        "confidence": 90,
    }
    config = SystemConfig("lake", "parquet", {**estate.config.settings, "identity_maps": [declared]})
    (edge,) = registry.capable("parquet", Resolvable).edges(config, Identifier("customer_id", estate.customer))
    assert (edge.to.value, edge.confidence, edge.asserted, edge.source) == (estate.email, 90, False, "lake/clicks")
