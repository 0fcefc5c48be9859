"""Encrypted backups: a shredded person is gone from every night, everybody else comes back, keys outlive no data."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.core.connectors import registry
from portal.core.connectors.backup import reader, writer
from portal.core.connectors.base import ConnectorError, Erasable, Listable, Subject, Target
from tests.conformance.kinds.encrypted_backup import NIGHT, BackupEstate

KIND = registry.capable("encrypted_backup", Erasable)


def mine():
    return True


@pytest.fixture
def backups(postgres_server, tmp_path):
    planted = BackupEstate(postgres_server.plan, tmp_path)
    planted.plant()
    yield planted
    planted.close()


def where(estate):
    return estate.config, estate.target, estate.subject


def probes(estate, found):
    answers = [
        KIND.verify_logical(*where(estate)),
        KIND.verify_decoded(*where(estate), found),
        KIND.verify_raw(*where(estate), found),
    ]
    return [each.hits for each in answers]


def erase(estate):
    found = KIND.discover(*where(estate))
    deleted = KIND.delete(*where(estate), still_mine=mine)
    KIND.purge(*where(estate), found, allow_exclusive=False, still_mine=mine)
    return found, deleted


def settings(estate, **more):
    return replace(estate.config, settings={**estate.config.settings, **more})


def test_a_shredded_person_is_in_no_night_any_more_and_everybody_else_is_restored(backups):
    before = backups.controls()
    assert probes(backups, KIND.discover(*where(backups)))[0] == 2
    found, deleted = erase(backups)
    assert (found.count, deleted.rows) == (2, 2)
    assert probes(backups, found) == [0, 0, 0]
    assert backups.occurrences() == 0
    assert backups.controls() == before
    assert len(list(reader.restore(backups.config, backups.target))) == backups.people


def test_the_copies_of_the_key_store_beside_it_are_shredded_too_and_an_older_one_elsewhere_is_found(backups):
    found, _ = erase(backups)
    backups.leak()
    assert probes(backups, found)[2] > 0
    assert backups.occurrences() > 0


def test_a_key_in_the_log_of_the_store_is_found_until_the_purge(backups):
    found = KIND.discover(*where(backups))
    KIND.delete(*where(backups), still_mine=mine)
    logical, decoded, raw = probes(backups, found)
    assert logical == 0
    assert decoded + raw > 0
    KIND.purge(*where(backups), found, allow_exclusive=False, still_mine=mine)
    assert probes(backups, found) == [0, 0, 0]


def test_no_identifier_lies_in_clear_in_a_backup_or_in_the_key_store(backups):
    for path in (path for path in backups.folder.rglob("*") if path.is_file()):
        for value in (backups.email, backups.customer, backups.control(5)["email"]):
            assert value.encode() not in path.read_bytes(), path.name


def test_a_device_that_a_family_shares_opens_nobody_elses_records(backups):
    target = Target(
        "clicks", {"identifiers": {"customer_id": "customer_id", "device_id": "device"}, "person": "customer_id"}
    )
    rows = [{"customer_id": name, "device": "tablet-in-the-kitchen"} for name in ("mother", "child")]
    writer.write(backups.config, target, rows, at=NIGHT)
    device = frozenset({"tablet-in-the-kitchen"})
    with pytest.raises(ConnectorError, match="several people; find the customer_id first"):
        KIND.discover(backups.config, target, Subject({"device_id": device}))
    mother = Subject({"customer_id": frozenset({"mother"}), "device_id": device})
    found = KIND.discover(backups.config, target, mother)
    KIND.delete(backups.config, target, mother, still_mine=mine)
    KIND.purge(backups.config, target, mother, found, allow_exclusive=False, still_mine=mine)
    assert [row["customer_id"] for row in reader.restore(backups.config, target)] == ["child"]
    assert KIND.verify_raw(backups.config, target, mother, found).hits == 0


def test_somebody_elses_record_that_names_the_subject_is_seen_by_the_decode_probe(backups):
    found, _ = erase(backups)
    gossip = backups.control(7) | {"note": f"friend of {backups.email}"}
    writer.write(backups.config, backups.target, [gossip], at=NIGHT + timedelta(days=3))
    logical, decoded, _ = probes(backups, found)
    assert (logical, decoded) == (0, 1)


def test_a_returning_customer_gets_a_new_key_and_the_old_nights_stay_shut(backups):
    erase(backups)
    writer.write(backups.config, backups.target, [backups.theirs], at=NIGHT + timedelta(days=3))
    assert KIND.verify_logical(*where(backups)).hits == 1


@pytest.mark.parametrize(("keys", "data", "said"), [(30, 30, "shredding means nothing"), ("", 90, "has to declare")])
def test_a_plan_is_refused_where_an_old_key_outlives_what_it_opens(backups, keys, data, said):
    config = settings(backups, key_copy_expiry_days=keys, backup_expiry_days=data)
    with pytest.raises(ConnectorError, match=said):
        KIND.plan(config, backups.target, KIND.discover(*where(backups)))
    assert any(said in caution for caution in KIND.cautions(config))
    with pytest.raises(ConnectorError, match=said):
        KIND.delete(config, backups.target, backups.subject, still_mine=mine)


def test_copies_of_the_keys_elsewhere_are_a_residual_with_its_day(backups):
    found, today = erase(backups)[0], datetime(2026, 11, 23, tzinfo=UTC).date()
    declared = settings(backups, key_copy_expiry_days=14)
    (left,) = KIND.residuals(declared, *where(backups)[1:], found, today=today)
    assert (left.expires_on, left.hits) == (today + timedelta(days=14), None)
    assert KIND.residuals(*where(backups), found, today=today) == []


def test_what_was_found_holds_no_key_that_could_open_anything(backups):
    found = KIND.discover(*where(backups))
    with sqlite3.connect(backups.store) as store:
        wrapped = [row[0] for row in store.execute("SELECT wrapped FROM keys")]
    assert all(len(each) == 60 for each in wrapped)
    assert all(len(bytes.fromhex(key)) == 28 for key in found.keys)
    assert not any(each.hex() in key for each in wrapped for key in found.keys)


def test_expired_nights_and_copies_are_removed_and_younger_ones_stay(backups):
    config = settings(backups, key_copy_expiry_days=10)
    gone = writer.expire(config, backups.target, at=NIGHT + timedelta(days=90))
    assert sorted(path.suffix for path in gone) == [".cbk", ".sqlite"]
    assert len(list((backups.backups / "customers").glob("*.cbk"))) == 1


def test_a_cut_file_an_altered_record_a_wrong_secret_and_a_row_without_a_person_are_refused(backups):
    newest = sorted((backups.backups / "customers").glob("*.cbk"))[-1]
    whole = newest.read_bytes()
    newest.write_bytes(whole[:-30])
    with pytest.raises(ConnectorError, match="not written to its end"):
        list(reader.restore(backups.config, backups.target))
    newest.write_bytes(whole[:-25] + bytes([whole[-25] ^ 1]) + whole[-24:])
    with pytest.raises(ConnectorError, match="was altered"):
        list(reader.restore(backups.config, backups.target))
    newest.write_bytes(whole)
    with pytest.raises(ConnectorError, match="do not open with the given secret"):
        list(reader.restore(replace(backups.config, secret="another secret of the same kind, long"), backups.target))
    with pytest.raises(ConnectorError, match="at least 32 characters"):
        registry.get("encrypted_backup").ping(replace(backups.config, secret="short"))
    with pytest.raises(ConnectorError, match="has no customer_id"):
        writer.write(backups.config, backups.target, [{"email": "a@example.com"}], at=NIGHT + timedelta(days=5))
    assert not list((backups.backups / "customers").glob(".*"))


def test_rows_come_back_as_they_were_with_their_bytes_and_everybody_is_listed_once(backups):
    row = {"customer_id": "bytes", "email": "b@example.com", "embedding": b"\x00\xff", "n": 1.5, "deep": {"a": [None]}}
    writer.write(backups.config, backups.target, [row], at=NIGHT + timedelta(days=5))
    assert list(reader.restore(backups.config, backups.target)) == [row]
    listed = list(registry.capable("encrypted_backup", Listable).values(backups.config, backups.target, "email"))
    assert len(listed) == len(set(listed)) == backups.people + 2
