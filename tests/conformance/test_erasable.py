"""Every erasable kind, in a real engine: the subject goes to the last byte, nobody else is touched, leaks are found.

One more kind joins with one data file, `kinds/<kind>.py`, that names its `ESTATE` (and `VARIANTS`).
"""

import importlib
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from portal.core.connectors import registry
from portal.core.connectors.base import ConnectorError, Erasable, Found, Listable, SystemConfig, Target
from tests.conformance import leaks, promises
from tests.conformance.estate import Estate
from tests.conformance.promises import CLEAN, erase, mine, probes, where

KINDS = [name for name, kind in registry.kinds().items() if isinstance(kind, Erasable)]


def estates() -> Iterator[type[Estate]]:
    """Every erasable kind's test data: its main one, and variants where a kind has other forms of dataset."""
    for kind in KINDS:
        data = importlib.import_module(f"tests.conformance.kinds.{kind}")
        yield from (data.ESTATE, *getattr(data, "VARIANTS", ()))


ALL = list(estates())
SHAPED = [(data, shape) for data in ALL for shape in data.shapes]
SEEDED = [(data, leak, said) for data in ALL for leak, said in {**leaks.EVERYWHERE, **data.leaks}.items()]


@pytest.fixture
def planted(postgres_server, valkey_server, tmp_path):
    """Plants a kind's test data, and takes it away."""
    made: list[Estate] = []

    def plant(data: type[Estate], shape: str = "plain") -> Estate:
        made.append(data(postgres_server.plan, tmp_path, shape))
        made[-1].plant()
        return made[-1]

    yield plant
    for each in made:
        each.close()


@pytest.fixture(params=ALL, ids=lambda data: data.__name__)
def estate(request, planted) -> Estate:
    """The kind's own test data, planted."""
    return planted(request.param)


def kind_of(estate: Estate) -> Erasable:
    return registry.capable(estate.config.kind, Erasable)


def test_before_the_delete_every_kind_is_seen_to_hold_the_subject(estate):
    promises.is_seen_before(kind_of(estate), estate)


@pytest.mark.parametrize(("data", "shape"), SHAPED, ids=lambda each: getattr(each, "__name__", each))
def test_the_subject_goes_to_the_last_byte_while_others_keep_writing_and_lose_nothing(planted, data, shape):
    estate = planted(data, shape)
    promises.is_seen_before(kind_of(estate), estate)
    promises.goes_to_the_last_byte(kind_of(estate), estate)


@pytest.mark.parametrize(("data", "leak", "said"), SEEDED, ids=lambda each: getattr(each, "__name__", ""))
def test_a_connector_with_a_seeded_leak_does_not_pass_this_suite(planted, data, leak, said):
    estate = planted(data)
    promises.breaks_a_promise(leak(kind_of(estate), estate), estate, said)


def test_a_second_run_finds_nothing_and_is_success(estate):
    kind = kind_of(estate)
    found = erase(kind, estate)
    assert kind.discover(*where(estate)).count == 0
    assert kind.delete(*where(estate), still_mine=mine).rows == 0
    kind.purge(*where(estate), found, allow_exclusive=False, still_mine=mine)
    assert probes(kind, estate, found) == CLEAN


def test_the_delete_reports_what_it_removed(estate):
    found = kind_of(estate).discover(*where(estate))
    assert kind_of(estate).delete(*where(estate), still_mine=mine).rows == found.count


def test_a_worker_that_lost_its_lease_changes_nothing(estate):
    promises.minds_the_fence(kind_of(estate), estate)


def test_a_copy_that_was_left_behind_is_found(estate):
    found = erase(kind_of(estate), estate)
    estate.leak()
    seen = probes(kind_of(estate), estate, found)
    assert seen["decoded"] + seen["raw"] > 0
    assert estate.occurrences() > 0


def test_a_purge_that_was_skipped_is_found(estate):
    kind = kind_of(estate)
    found = kind.discover(*where(estate))
    kind.delete(*where(estate), still_mine=mine)
    if not kind.plan(estate.config, estate.target, found).purge:
        return  # rewriting is the purge there: the plan says so, and the leak test above covers it
    seen = probes(kind, estate, found)
    assert seen["logical"] == 0
    assert seen["decoded"] + seen["raw"] > 0


def test_the_plan_says_how_many_by_which_key_and_which_probes_run(estate):
    found = kind_of(estate).discover(*where(estate))
    plan = kind_of(estate).plan(estate.config, estate.target, found)
    assert plan.count == found.count
    assert plan.delete_by
    assert [probe.name for probe in plan.probes] == ["logical", "decoded", "raw"]
    assert all(probe.runs for probe in plan.probes)


def test_a_kind_that_lists_its_identifiers_lists_everybody_once_and_none_of_another_kind(estate):
    kind = kind_of(estate)
    if not isinstance(kind, Listable):
        return  # what is left to it, is asked by the other promises
    everybody = {email for _, email, _ in estate.controls()} | {estate.email}
    listed = list(kind.values(estate.config, estate.target, "email"))
    assert sorted(listed) == sorted(everybody)
    assert list(kind.values(estate.config, estate.target, "passport")) == []
    erase(kind, estate)
    assert set(kind.values(estate.config, estate.target, "email")) == everybody - {estate.email}


def test_without_file_access_the_byte_probe_is_blind_and_says_why(estate):
    if not estate.needs_a_directory:
        return  # without its files there is no dataset at all
    settings = {k: v for k, v in estate.config.settings.items() if k not in {"data_directory", "directory"}}
    remote = SystemConfig(estate.config.name, estate.config.kind, settings, estate.config.secret)
    probe = kind_of(estate).verify_raw(remote, estate.target, estate.subject, Found(0))
    assert (probe.ran, probe.hits) == (False, None)
    assert "director" in probe.reason
    planned = kind_of(estate).plan(remote, estate.target, Found(0)).probes[2]
    assert (planned.runs, planned.reason) == (False, probe.reason)


def test_residuals_end_on_a_declared_day_or_say_that_nobody_declared_one(estate):
    found, today = erase(kind_of(estate), estate), date(2026, 11, 22)
    kind, (setting, where_it_lies) = kind_of(estate), estate.lagging
    declared = SystemConfig(
        estate.config.name,
        estate.config.kind,
        {**estate.config.settings, setting: 30},
        estate.config.secret,
    )
    left = {residual.where: residual for residual in kind.residuals(declared, *where(estate)[1:], found, today=today)}
    assert left[where_it_lies].expires_on == today + timedelta(days=30)
    assert all(residual.hits != 0 for residual in left.values())


def test_an_error_names_no_identifier(estate):
    wrong = Target(f"{estate.target.object_name}_{estate.mark[:2]}", {"identifiers": {"email": "nowhere"}})
    with pytest.raises(ConnectorError) as caught:
        kind_of(estate).delete(estate.config, wrong, estate.subject, still_mine=mine)
    assert estate.email not in str(caught.value)
    assert estate.customer not in str(caught.value)
    assert caught.value.__cause__ is None
