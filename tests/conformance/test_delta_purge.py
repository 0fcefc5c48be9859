"""Delta: commits without a predicate, redone when overtaken; history goes where approved, running writers stay."""

import json
import os
import time
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

from portal.core.connectors import registry
from portal.core.connectors.base import (
    ConnectorError,
    Erasable,
    FencedOff,
    Identifier,
    Listable,
    Resolvable,
    Subject,
    SystemConfig,
    Target,
)
from tests.conformance.kinds.delta import DeltaEstate, PartitionedDeltaEstate
from tests.conformance.promises import CLEAN, erase, mine, probes, where
from tests.conformance.test_delta_tables import data, field, inline_vector, log

ANA = Subject({"email": frozenset({"ana.subject@example.com"})})
BY_EMAIL = Target("t", {"identifiers": {"email": "email"}})


@pytest.fixture
def estate(postgres_server, tmp_path):
    planted = DeltaEstate(postgres_server.plan, tmp_path)
    planted.plant()
    return planted


def kind():
    return registry.capable("delta", Erasable)


def table_in(folder, **options) -> SystemConfig:
    """Three people in one file, Ana the last."""
    emails = ["bob@example.com", "cleo@example.com", "ana.subject@example.com"]
    write_deltalake(folder / "t", pa.table({"id": [1, 2, 3], "email": emails}), **options)
    return SystemConfig("lakehouse", "delta", {"root": str(folder)})


def emails(folder) -> list[str]:
    return sorted(pa.table(DeltaTable(folder / "t").scan())["email"].to_pylist())


def commit(folder, number: int) -> str:
    return (folder / "_delta_log" / f"{number:020}.json").read_text()


def test_the_commit_names_files_only_and_a_change_feed_gets_nothing(tmp_path):
    config = table_in(tmp_path, configuration={"delta.enableChangeDataFeed": "true"})
    assert kind().delete(config, BY_EMAIL, ANA, still_mine=mine).rows == 1
    actions = [next(iter(json.loads(line))) for line in commit(tmp_path / "t", 1).splitlines()]
    assert sorted(actions) == ["add", "commitInfo", "remove"]
    assert "ana.subject" not in commit(tmp_path / "t", 1)
    assert not (tmp_path / "t" / "_change_data").exists()


def test_a_file_that_is_compacted_before_the_commit_is_done_again_and_no_row_is_lost(estate):
    before, turns = estate.controls(), []

    def still_mine() -> bool:
        turns.append(1)
        if len(turns) == 4:  # the files are written anew, the commit comes next
            DeltaTable(estate.table).optimize.compact()
        return True

    kind().delete(*where(estate), still_mine=still_mine)
    assert kind().discover(*where(estate)).count == 0
    assert estate.controls() == before
    assert len(turns) > 4, "it was not done again"


def test_a_fence_lost_right_before_the_commit_leaves_the_version_and_no_new_file(estate):
    before = sorted(estate.table.rglob("*"))
    answers = iter([True, True, True, False])
    with pytest.raises(FencedOff):
        kind().delete(*where(estate), still_mine=lambda: next(answers))
    assert sorted(estate.table.rglob("*")) == before


def test_without_approval_the_history_stays_and_is_a_residual_only_where_its_end_is_declared(estate):
    found = kind().discover(*where(estate))
    kind().delete(*where(estate), still_mine=mine)
    done = kind().purge(*where(estate), found, allow_exclusive=False, still_mine=mine)
    assert done.actions == ("older versions kept: that they go was not approved",)
    assert DeltaTable(estate.table, version=0).version() == 0
    seen = probes(kind(), estate, found)
    assert (seen["logical"], seen["decoded"] > 0) == (0, True)
    today = date(2026, 11, 22)
    assert kind().residuals(*where(estate), found, today=today) == []
    declared = SystemConfig("lakehouse", "delta", {**estate.config.settings, "history_expiry_days": 7})
    (left,) = kind().residuals(declared, *where(estate)[1:], found, today=today)
    assert (left.expires_on, left.covers, left.hits > 0) == (date(2026, 11, 29), ("decoded", "raw"), True)


def test_history_is_no_excuse_while_the_newest_version_holds_the_subject(estate):
    declared = SystemConfig("lakehouse", "delta", {**estate.config.settings, "history_expiry_days": 7})
    found = kind().discover(*where(estate))
    assert kind().residuals(declared, *where(estate)[1:], found, today=date(2026, 11, 22)) == []
    done = kind().purge(*where(estate), found, allow_exclusive=True, still_mine=mine)
    assert done.actions == ("older versions kept: the newest one still holds the subject",)


def test_a_file_that_no_commit_names_is_left_to_its_writer_for_an_hour_and_the_probes_find_it(estate):
    estate.leak()
    left = estate.table / "part-00000-left.parquet"
    found = erase(kind(), estate)
    assert left.exists()
    assert probes(kind(), estate, found)["decoded"] > 0
    os.utime(left, (time.time() - 7200,) * 2)
    kind().purge(*where(estate), found, allow_exclusive=True, still_mine=mine)
    assert not left.exists()
    assert probes(kind(), estate, found) == CLEAN


def test_files_of_an_older_change_feed_go_with_the_history(tmp_path):
    config = table_in(tmp_path, configuration={"delta.enableChangeDataFeed": "true"})
    DeltaTable(tmp_path / "t").update({"id": "id + 1"}, predicate="id = 3")
    held = list((tmp_path / "t" / "_change_data").rglob("*.parquet"))
    assert held
    found = kind().discover(config, BY_EMAIL, ANA)
    kind().delete(config, BY_EMAIL, ANA, still_mine=mine)
    kind().purge(config, BY_EMAIL, ANA, found, allow_exclusive=True, still_mine=mine)
    assert not any(path.exists() for path in held)
    assert kind().verify_decoded(config, BY_EMAIL, ANA, found).hits == 0
    assert emails(tmp_path) == ["bob@example.com", "cleo@example.com"]


def test_time_travel_ends_at_the_checkpoint_and_the_newest_version_opens_from_it(estate):
    before = estate.controls()
    erase(kind(), estate)
    assert not (estate.table / "_delta_log" / f"{0:020}.json").exists()
    assert estate.controls() == before
    estate.write(7000)
    assert estate.controls() == before | {tuple(estate.control(7000).values())}


def test_the_folder_of_a_partition_that_names_the_subject_goes(postgres_server, tmp_path):
    planted = PartitionedDeltaEstate(postgres_server.plan, tmp_path)
    planted.plant()
    found = kind().discover(*where(planted))
    kind().delete(*where(planted), still_mine=mine)
    assert probes(kind(), planted, found)["raw"] > 0  # the name of the folder is a hit
    erase(kind(), planted)
    assert not list(planted.table.glob(f"customer_id={planted.customer}"))


def test_a_rewritten_file_has_statistics_of_the_columns_that_the_old_one_had(tmp_path):
    config = table_in(tmp_path)
    kind().delete(config, BY_EMAIL, ANA, still_mine=mine)
    (add,) = pa.table(DeltaTable(tmp_path / "t").get_add_actions(flatten=True)).to_pylist()
    assert (add["num_records"], add["min.email"], add["max.email"]) == (2, "bob@example.com", "cleo@example.com")
    assert (add["min.id"], add["max.id"], add["null_count.email"]) == (1, 2, 0)


def test_where_the_table_keeps_no_statistics_none_are_written(tmp_path):
    config = table_in(tmp_path, configuration={"delta.dataSkippingNumIndexedCols": "0"})
    kind().delete(config, BY_EMAIL, ANA, still_mine=mine)
    assert "minValues" not in commit(tmp_path / "t", 1) or '\\"minValues\\": {}' in commit(tmp_path / "t", 1)
    assert emails(tmp_path) == ["bob@example.com", "cleo@example.com"]


def test_odd_partition_values_and_columns_that_older_files_lack_stay_as_they_were(tmp_path):
    days = ["a b/c:%25", None, "é"]
    write_deltalake(tmp_path / "t", pa.table({"id": [1, 2, 3], "day": days}), partition_by=["day"])
    people = ["ana.subject@example.com", "bob@example.com", "ana.subject@example.com"]
    grown = pa.table({"id": [4, 5, 6], "day": days[:1] * 2 + days[2:], "email": people})
    write_deltalake(tmp_path / "t", grown, mode="append", schema_mode="merge")
    config = SystemConfig("lakehouse", "delta", {"root": str(tmp_path)})
    assert kind().delete(config, BY_EMAIL, ANA, still_mine=mine).rows == 2
    rows = pa.table(DeltaTable(tmp_path / "t").scan()).to_pylist()
    left = sorted((row["id"], row["day"], row["email"]) for row in rows)
    assert left == [(1, days[0], None), (2, None, None), (3, "é", None), (5, days[0], "bob@example.com")]


def test_a_column_that_no_version_has_is_an_error_and_not_a_person_who_is_not_there(tmp_path):
    config = table_in(tmp_path)
    with pytest.raises(ConnectorError, match="lacks a column"):
        kind().discover(config, Target("t", {"identifiers": {"email": "mail"}}), ANA)


def test_a_table_that_takes_no_deletions_is_refused_with_what_to_lift(tmp_path):
    config = table_in(tmp_path, configuration={"delta.appendOnly": "true"})
    with pytest.raises(ConnectorError, match="appendOnly"):
        kind().delete(config, BY_EMAIL, ANA, still_mine=mine)
    assert len(emails(tmp_path)) == 3


def test_a_file_with_masked_rows_is_refused_and_says_to_compact_first(tmp_path):
    table = pa.table({"email": ["bob@example.com", "ana.subject@example.com"]})
    add = data(tmp_path, "a.parquet", table, deletionVector=inline_vector(1), stats='{"numRecords": 2}')
    log(tmp_path, [field("email", "string")], [add], ["deletionVectors"])
    config = SystemConfig("lakehouse", "delta", {"root": str(tmp_path)})
    found = kind().discover(config, BY_EMAIL, ANA)
    assert found.count == 0  # readers do not see the row
    assert kind().verify_decoded(config, BY_EMAIL, ANA, found).hits  # and it is there
    with pytest.raises(ConnectorError, match="compact the table first"):
        kind().delete(config, BY_EMAIL, ANA, still_mine=mine)


def test_mapped_columns_are_refused_before_anything_is_planned(tmp_path):
    add = data(tmp_path, "a.parquet", pa.table({"col-1": ["ana.subject@example.com"]}))
    mapped = {"delta.columnMapping.mode": "name"}
    log(tmp_path, [field("email", "string", "col-1")], [add], ["columnMapping"], **mapped)
    config = SystemConfig("lakehouse", "delta", {"root": str(tmp_path)})
    with pytest.raises(ConnectorError, match="column mapping"):
        kind().discover(config, BY_EMAIL, ANA)


def test_a_value_that_json_escapes_is_found_in_a_log_and_in_its_statistics(tmp_path):
    config = table_in(tmp_path)
    zoe = Subject({"email": frozenset({'zoë."quoted"@example.com'})})
    stats = json.dumps({"maxValues": {"email": 'zoë."quoted"@example.com'}})
    kept = tmp_path / "t" / "_delta_log" / f"{0:020}.crc"
    kept.write_text(json.dumps({"add": {"stats": stats}}))
    found = kind().discover(config, BY_EMAIL, zoe)
    assert kind().verify_decoded(config, BY_EMAIL, zoe, found).hits == 1


def test_a_table_lists_the_people_of_its_newest_version_only(tmp_path):
    config = table_in(tmp_path)
    kind().delete(config, BY_EMAIL, ANA, still_mine=mine)
    listed = registry.capable("delta", Listable).values(config, BY_EMAIL, "email")
    assert sorted(listed) == ["bob@example.com", "cleo@example.com"]


def test_an_identity_map_in_a_delta_table_yields_edges(estate):
    columns = {"email": "email", "customer_id": "customer_id"}
    declared = {"object": "clicks", "columns": columns, "person": "customer_id", "confidence": 80}
    config = SystemConfig("lakehouse", "delta", {**estate.config.settings, "identity_maps": [declared]})
    (edge,) = registry.capable("delta", Resolvable).edges(config, Identifier("email", estate.email))
    assert (edge.to.value, edge.confidence, edge.single_person) == (estate.customer, 80, True)


def test_what_a_killed_purge_left_apart_is_removed_by_the_next(estate):
    left = estate.table / ".custody-abc" / "_delta_log"
    left.mkdir(parents=True)
    (left / f"{0:020}.json").write_text(json.dumps({"add": {"stats": estate.email}}))
    found = erase(kind(), estate)
    assert not list(left.glob("*.json"))
    assert probes(kind(), estate, found) == CLEAN
    assert pq.read_metadata(next(estate.table.glob("_delta_log/*.checkpoint.parquet"))).num_rows > 0
