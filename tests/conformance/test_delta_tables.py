"""Delta tables as other engines write them: deletion vectors, mapped columns, checkpoints, grown types, odd logs."""

from __future__ import annotations

import json
import struct
import uuid
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

from portal.core.connectors import registry
from portal.core.connectors.base import ConnectorError, Measurable, SystemConfig

Z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"


def opened(root: Path, name: str = "t"):
    return registry.capable("delta", Measurable).reader(SystemConfig("lakehouse", "delta", {"root": str(root)}), name)


def asked(root: Path, what: str) -> dict:
    with opened(root) as reader:
        return reader.row(f"SELECT {what} FROM {reader.relation}")


def inline_vector(*rows: int) -> dict:
    """A deletion vector as the protocol writes it into the log: one 64-bit roaring array, in Z85."""
    bitmap = struct.pack("<IIHHI", 12346, 1, 0, len(rows) - 1, 16) + b"".join(struct.pack("<H", row) for row in rows)
    body = struct.pack("<IQI", 1681511377, 1, 0) + bitmap
    padded, text = body + b"\0" * (-len(body) % 4), ""
    for start in range(0, len(padded), 4):
        number, group = int.from_bytes(padded[start : start + 4], "big"), ""
        for _ in range(5):
            number, digit = divmod(number, 85)
            group = Z85[digit] + group
        text += group
    return {"storageType": "i", "pathOrInlineDv": text, "sizeInBytes": len(body), "cardinality": len(rows)}


def field(name: str, kind: str, physical: str = "") -> dict:
    metadata = (
        {"delta.columnMapping.id": int(physical[-1]), "delta.columnMapping.physicalName": physical} if physical else {}
    )
    return {"name": name, "type": kind, "nullable": True, "metadata": metadata}


def log(root: Path, fields: list[dict], adds: list[dict], features: list[str] = (), **said) -> None:
    """A table's first commit, written by hand."""
    folder = root / "t" / "_delta_log"
    folder.mkdir(parents=True, exist_ok=True)
    version = {
        "minReaderVersion": 3,
        "minWriterVersion": 7,
        "readerFeatures": [*features],
        "writerFeatures": [*features],
    }
    protocol = version if features else {"minReaderVersion": 1, "minWriterVersion": 2}
    schema = json.dumps({"type": "struct", "fields": fields})
    meta = {
        "id": str(uuid.uuid4()), "format": {"provider": "parquet", "options": {}}, "schemaString": schema,
        "partitionColumns": said.pop("partitions", []), "configuration": said, "createdTime": 1,
    }  # fmt: skip
    common = {"partitionValues": {}, "size": 1, "modificationTime": 1, "dataChange": True}
    lines = [{"protocol": protocol}, {"metaData": meta}, *({"add": common | add} for add in adds)]
    (folder / f"{0:020}.json").write_text("\n".join(map(json.dumps, lines)))


def data(root: Path, name: str, table: pa.Table, **said) -> dict:
    path = root / "t" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)
    return {"path": name, "size": path.stat().st_size, **said}


def test_rows_that_a_deletion_vector_marks_are_gone(tmp_path):
    add = data(
        tmp_path,
        "a.parquet",
        pa.table({"id": [1, 2, 3, 4]}),
        deletionVector=inline_vector(1, 3),
        stats='{"numRecords": 4}',
    )
    whole = data(tmp_path, "b.parquet", pa.table({"id": [10]}))
    log(tmp_path, [field("id", "long")], [add, whole], ["deletionVectors"])
    assert asked(tmp_path, "count(*) AS n, sum(id) AS s") == {"n": 3, "s": 14}


def test_mapped_columns_have_the_names_of_the_schema_partitions_too(tmp_path):
    add = data(tmp_path, "a.parquet", pa.table({"col-1": [1, 2]}), partitionValues={"col-2": "2026-01-02"})
    fields = [field("customer id", "long", "col-1"), field("day", "date", "col-2")]
    mapped = {"delta.columnMapping.mode": "name"}
    log(tmp_path, fields, [add], ["columnMapping"], partitions=["day"], **mapped)
    with opened(tmp_path) as reader:
        assert reader.columns() == {"customer id": "BIGINT", "day": "DATE"}
        row = reader.row(f'SELECT sum("customer id") AS s, max(day) AS d FROM {reader.relation}')
    assert row == {"s": 3, "d": date(2026, 1, 2)}


def test_a_file_with_fewer_or_narrower_columns_is_read_in_the_types_of_the_schema(tmp_path):
    old = data(tmp_path, "a.parquet", pa.table({"id": pa.array([1], pa.int32()), "dropped": ["x"]}))
    new = data(tmp_path, "b.parquet", pa.table({"id": pa.array([2**40], pa.int64()), "more": [1.5]}))
    log(tmp_path, [field("id", "long"), field("more", "double"), field("never", "string")], [old, new])
    with opened(tmp_path) as reader:
        assert reader.columns() == {"id": "BIGINT", "more": "DOUBLE", "never": "VARCHAR"}
    assert asked(tmp_path, "sum(id) AS s, count(more) AS m, count(never) AS n, count(*) AS r") == {
        "s": 2**40 + 1, "m": 1, "n": 0, "r": 2,
    }  # fmt: skip


def test_missing_and_wrong_statistics_change_no_answer(tmp_path):
    lies = json.dumps({"numRecords": 99, "minValues": {"id": 500}, "maxValues": {"id": 600}, "nullCount": {"id": 99}})
    first = data(tmp_path, "0.parquet", pa.table({"id": [0, None]}), stats=lies)
    second = data(tmp_path, "1.parquet", pa.table({"id": [1, None]}))
    log(tmp_path, [field("id", "long")], [first, second])
    assert asked(tmp_path, "count(*) AS n, max(id) AS x, count(*) FILTER (WHERE id IS NULL) AS nulls") == {
        "n": 4, "x": 1, "nulls": 2,
    }  # fmt: skip


def test_null_and_odd_partition_values_come_from_the_log(tmp_path):
    table = pa.table({"id": [1, 2, 3], "day": ["a b/c:%25", None, "é"]})
    write_deltalake(tmp_path / "t", table, partition_by=["day"])
    assert asked(tmp_path, "string_agg(day, '|' ORDER BY id) AS days, count(*) AS n") == {"days": "a b/c:%25|é", "n": 3}


def test_a_table_whose_old_log_is_only_in_a_checkpoint_is_whole(tmp_path):
    for number in range(4):
        write_deltalake(tmp_path / "t", pa.table({"id": [number]}), mode="append")
    DeltaTable(tmp_path / "t").create_checkpoint()
    write_deltalake(tmp_path / "t", pa.table({"id": [4]}), mode="append")
    for number in range(4):
        (tmp_path / "t" / "_delta_log" / f"{number:020}.json").unlink()
    assert asked(tmp_path, "count(*) AS n, sum(id) AS s") == {"n": 5, "s": 10}


def test_a_table_without_a_file_is_empty_and_has_its_columns(tmp_path):
    log(tmp_path, [field("id", "long"), field("seen", "timestamp")], [])
    assert asked(tmp_path, "count(*) AS n") == {"n": 0}


@pytest.mark.parametrize(
    "path",
    ["../others/b.parquet", "%2E%2E/others/b.parquet", "/etc/passwd", "file:///etc/passwd", "s3://bucket/b.parquet"],
)
def test_a_log_that_names_a_file_elsewhere_is_refused(tmp_path, path):
    (tmp_path / "others").mkdir()
    pq.write_table(pa.table({"id": [1]}), tmp_path / "others" / "b.parquet")
    log(tmp_path, [field("id", "long")], [{"path": path}])
    with pytest.raises(ConnectorError, match="outside of its folder"), opened(tmp_path):
        pass


def test_a_link_out_of_the_table_is_refused(tmp_path):
    pq.write_table(pa.table({"id": [1]}), tmp_path / "b.parquet")
    log(tmp_path, [field("id", "long")], [{"path": "a.parquet"}])
    (tmp_path / "t" / "a.parquet").symlink_to(tmp_path / "b.parquet")
    with pytest.raises(ConnectorError, match="outside of its folder"), opened(tmp_path):
        pass


def test_a_table_that_needs_what_is_not_known_here_is_refused_and_not_misread(tmp_path):
    log(tmp_path, [field("id", "long")], [], ["rowsFromTheMoon"])
    with pytest.raises(ConnectorError), opened(tmp_path) as reader:
        reader.row(f"SELECT count(*) AS n FROM {reader.relation}")


@pytest.mark.parametrize("text", ["", "no json", '{"add": {}}'])
def test_a_broken_log_is_said(tmp_path, text):
    log(tmp_path, [field("id", "long")], [])
    (tmp_path / "t" / "_delta_log" / f"{0:020}.json").write_text(text)
    with pytest.raises(ConnectorError, match=r"Delta table|cannot be read"), opened(tmp_path):
        pass


def test_a_folder_that_is_no_table_says_what_to_correct(tmp_path):
    (tmp_path / "t").mkdir()
    with pytest.raises(ConnectorError, match="is no Delta table; correct its placement"), opened(tmp_path):
        pass


def test_a_session_over_a_delta_table_reaches_no_other_file(tmp_path):
    pq.write_table(pa.table({"id": [1]}), tmp_path / "b.parquet")
    write_deltalake(tmp_path / "t", pa.table({"id": [1]}))
    with opened(tmp_path) as reader, pytest.raises(ConnectorError):
        reader.row(f"SELECT count(*) AS n FROM read_parquet('{tmp_path}/b.parquet')")
