"""Every erasable kind, in a real engine: the subject goes to the last byte, nobody else is touched, leaks are found."""

import importlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest

from portal.core.connectors import registry
from portal.core.connectors.base import ConnectorError, Erasable, FencedOff, Found, SystemConfig, Target
from tests.conformance.estate import Estate

KINDS = [name for name, kind in registry.kinds().items() if isinstance(kind, Erasable)]


def estates() -> Iterator[type[Estate]]:
    """Every erasable kind's test data: its main one, and variants where a kind has other forms of dataset."""
    for kind in KINDS:
        data = importlib.import_module(f"tests.conformance.kinds.{kind}")
        yield from (data.ESTATE, *getattr(data, "VARIANTS", ()))


def mine() -> bool:
    return True


def lost() -> bool:
    return False


@pytest.fixture(params=estates(), ids=lambda data: data.__name__)
def estate(request, postgres_server, tmp_path) -> Iterator[Estate]:
    """The kind's own test data, planted."""
    planted = request.param(postgres_server.plan, tmp_path)
    try:
        planted.plant()
        yield planted
    finally:
        planted.close()


def kind_of(estate: Estate) -> Erasable:
    return registry.capable(estate.config.kind, Erasable)


def where(estate: Estate):
    return estate.config, estate.target, estate.subject


def probes(estate: Estate, found: Found) -> dict[str, int | None]:
    kind = kind_of(estate)
    answers = [
        kind.verify_logical(*where(estate)),
        kind.verify_decoded(*where(estate), found),
        kind.verify_raw(*where(estate), found),
    ]
    assert all(answer.ran for answer in answers), answers
    return {answer.name: answer.hits for answer in answers}


def erase(estate: Estate, *, exclusive: bool = False) -> Found:
    kind = kind_of(estate)
    found = kind.discover(*where(estate))
    kind.delete(*where(estate), still_mine=mine)
    kind.purge(*where(estate), found, allow_exclusive=exclusive, still_mine=mine)
    return found


@contextmanager
def writing(estate: Estate) -> Iterator[list[int]]:
    """An application that goes on adding people, from 1000 on, until the block ends."""
    stop, written = threading.Event(), []

    def work() -> None:
        number = 1000
        while not stop.wait(0.01):
            estate.write(number)
            written.append(number)
            number += 1

    writer = threading.Thread(target=work)  # an exception in it fails the test (warnings are errors)
    writer.start()
    try:
        yield written
    finally:
        stop.set()
        writer.join()


def test_before_the_delete_every_kind_is_seen_to_hold_the_subject(estate):
    found = kind_of(estate).discover(*where(estate))
    assert found.count >= 1
    seen = probes(estate, found)
    assert seen["logical"] == found.count
    assert seen["decoded"] + seen["raw"] > 0, "neither storage probe can see a planted subject"


def test_the_subject_goes_to_the_last_byte_while_others_keep_writing_and_lose_nothing(estate):
    before = estate.controls()
    with writing(estate) as written:
        found = erase(estate)
    assert probes(estate, found) == {"logical": 0, "decoded": 0, "raw": 0}
    later = {tuple(estate.control(number).values()) for number in written}
    assert estate.controls() == before | later
    assert written, "the writer never got a turn"


def test_a_second_run_finds_nothing_and_is_success(estate):
    found = erase(estate)
    kind = kind_of(estate)
    assert kind.discover(*where(estate)).count == 0
    assert kind.delete(*where(estate), still_mine=mine).rows == 0
    kind.purge(*where(estate), found, allow_exclusive=False, still_mine=mine)
    assert probes(estate, found) == {"logical": 0, "decoded": 0, "raw": 0}


def test_the_delete_reports_what_it_removed(estate):
    found = kind_of(estate).discover(*where(estate))
    assert kind_of(estate).delete(*where(estate), still_mine=mine).rows == found.count


def test_a_worker_that_lost_its_lease_changes_nothing(estate):
    kind, before = kind_of(estate), estate.controls()
    found = kind.discover(*where(estate))
    with pytest.raises(FencedOff):
        kind.delete(*where(estate), still_mine=lost)
    with pytest.raises(FencedOff):
        kind.purge(*where(estate), found, allow_exclusive=True, still_mine=lost)
    assert kind.discover(*where(estate)) == found
    assert estate.controls() == before


def test_a_copy_that_was_left_behind_is_found(estate):
    found = erase(estate)
    estate.leak()
    seen = probes(estate, found)
    assert seen["decoded"] + seen["raw"] > 0


def test_a_purge_that_was_skipped_is_found(estate):
    kind = kind_of(estate)
    found = kind.discover(*where(estate))
    kind.delete(*where(estate), still_mine=mine)
    if not kind.plan(estate.config, estate.target, found).purge:
        return  # rewriting is the purge there: the plan says so, and the leak test above covers it
    seen = probes(estate, found)
    assert seen["logical"] == 0
    assert seen["decoded"] + seen["raw"] > 0


def test_the_plan_says_how_many_by_which_key_and_which_probes_run(estate):
    found = kind_of(estate).discover(*where(estate))
    plan = kind_of(estate).plan(estate.config, estate.target, found)
    assert plan.count == found.count
    assert plan.delete_by
    assert [probe.name for probe in plan.probes] == ["logical", "decoded", "raw"]
    assert all(probe.runs for probe in plan.probes)


def test_without_file_access_the_byte_probe_is_blind_and_says_why(estate):
    if estate.config.kind == "parquet":
        return  # without its files there is no dataset at all
    settings = {k: v for k, v in estate.config.settings.items() if k not in {"data_directory", "directory"}}
    remote = SystemConfig(estate.config.name, estate.config.kind, settings, estate.config.secret)
    probe = kind_of(estate).verify_raw(remote, estate.target, estate.subject, Found(0))
    assert (probe.ran, probe.hits) == (False, None)
    assert "director" in probe.reason
    planned = kind_of(estate).plan(remote, estate.target, Found(0)).probes[2]
    assert (planned.runs, planned.reason) == (False, probe.reason)


def test_residuals_end_on_a_declared_day_or_say_that_nobody_declared_one(estate):
    found, today = erase(estate), date(2026, 11, 22)
    kind = kind_of(estate)
    declared = SystemConfig(
        estate.config.name,
        estate.config.kind,
        {**estate.config.settings, "backup_expiry_days": 30},
        estate.config.secret,
    )
    left = {residual.where: residual for residual in kind.residuals(declared, *where(estate)[1:], found, today=today)}
    assert left["backups"].expires_on == today + timedelta(days=30)
    assert all(residual.hits != 0 for residual in left.values())


def test_an_error_names_no_identifier(estate):
    wrong = Target(f"{estate.target.object_name}_{estate.mark[:2]}", {"identifiers": {"email": "nowhere"}})
    with pytest.raises(ConnectorError) as caught:
        kind_of(estate).delete(estate.config, wrong, estate.subject, still_mine=mine)
    assert estate.email not in str(caught.value)
    assert estate.customer not in str(caught.value)
    assert caught.value.__cause__ is None
