"""The alert on its real tables, over random stories: read back at every step as after a restart, never two of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from portal.core.clock import services as clock
from portal.core.oncall.models import Page, PageStep
from slo_app.domain import alert as machine
from slo_app.domain.alert import OPEN, Phase, Sample
from slo_app.models import Alert, Incident, Silence, Slo
from slo_app.selectors.incidents import key_of
from slo_app.services import acknowledge, advance, make_rounds, resolve, silence_incident
from slo_app.services.alerts import threshold_watch
from tests.slo_app.estate import asset_on, freshness_of

SECONDS = st.integers(min_value=1, max_value=260)


class AlertOnTables(RuleBasedStateMachine):
    """A pure machine lives the same life in memory, knowing nothing of silences: rows and memory never differ."""

    world = None
    slo_id = 0

    def __init__(self):
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        slo = self.slo
        self.shadow = machine.AlertState(slo.created_at)
        self.rule = slo.rule
        self.samples = []
        self.fired = 0

    def teardown(self):
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @property
    def slo(self):
        """Read anew for every step: a worker keeps nothing between two of them."""
        return Slo.objects.select_for_update(of=("self",)).select_related("asset", "owner_team").get(pk=self.slo_id)

    def move(self, seconds):
        clock.move(clock.offset() + seconds * timedelta(seconds=1))
        return clock.now()

    def step(self, sample, at):
        quiet = Silence.objects.filter(starts_at__lte=at, ends_at__gt=at).exists()
        told = PageStep.objects.filter(what="told").count()
        slo = self.slo
        state = advance(slo=slo, watch=threshold_watch(slo), at=at, sample=sample, seen="a reading")
        self.shadow, _ = machine.expire(self.shadow, at)
        if sample is None:
            self.shadow, events = machine.elapse(self.shadow, self.rule, at)
        else:
            self.shadow, events = machine.observe(self.shadow, self.rule, sample)
        assert state == self.shadow, "what is kept in rows is what memory would have kept"
        if machine.Event.FIRED in events:
            assert len(self.samples) >= 2, "it never fires on one sample"
            assert all(each.alerting for each in self.samples[-2:])
            self.fired += 1
        if quiet:
            assert PageStep.objects.filter(what="told").count() == told, "a silence holds notices back"

    @rule(seconds=SECONDS, side=st.sampled_from("BBBBdgg"))
    def sample(self, seconds, side):
        at = self.move(seconds)
        sample = Sample(at, alerting=side == "B", on_target=side == "g")
        self.samples.append(sample)
        self.step(sample, at)

    @rule(seconds=st.integers(40, 150), side=st.sampled_from("Bg"), times=st.integers(3, 8))
    def spell(self, seconds, side, times):
        for _ in range(times):
            self.sample(seconds, side)

    @precondition(lambda self: self.samples)
    @rule()
    def the_same_sample_again(self):
        self.step(self.samples[-1], clock.now())

    @rule(seconds=SECONDS)
    def time_passes(self, seconds):
        self.step(None, self.move(seconds))

    @rule(seconds=SECONDS)
    def rounds(self, seconds):
        at = self.move(seconds)
        make_rounds()
        self.shadow, _ = machine.expire(self.shadow, at)

    @precondition(lambda self: self.open() is not None and self.shadow.acknowledged_at is None)
    @rule(minutes=st.none() | st.integers(1, 20))
    def take_on(self, minutes):
        length = timedelta(minutes=minutes) if minutes else None
        taken = acknowledge(user=self.world.dan, incident=self.open(), length=length)
        until = taken.acknowledged_at + length if length else None
        self.shadow = machine.acknowledge(self.shadow, taken.acknowledged_at, until)

    @precondition(lambda self: self.open() is not None)
    @rule()
    def close(self):
        closed = resolve(user=self.world.dan, incident=self.open(), cause="seen to")
        self.shadow = machine.resolve(self.shadow, self.rule, closed.resolved_at)

    @precondition(lambda self: self.open() is not None)
    @rule(minutes=st.integers(1, 30))
    def silence(self, minutes):
        until = clock.now() + timedelta(minutes=minutes)
        silence_incident(user=self.world.dan, incident=self.open(), until=until, reason="known")

    def open(self):
        return Incident.objects.filter(resolved_at=None).first()

    @invariant()
    def rows_and_memory_agree(self):
        alert = Alert.objects.filter(slo=self.slo_id).first()
        assert (alert.state if alert else machine.AlertState(self.shadow.watched_since)) == self.shadow

    @invariant()
    def one_incident_is_open_exactly_while_the_alert_is(self):
        found = list(Incident.objects.filter(resolved_at=None).values_list("kind", flat=True))
        if self.shadow.phase in OPEN:
            assert found == ["breach"]
        elif self.shadow.phase is Phase.NO_DATA:
            assert found == ([] if self.shadow.resolved_at else ["no_data"])
        else:
            assert found == []
        assert Incident.objects.filter(kind="breach").count() == self.fired, "a re-breach is the same incident"

    @invariant()
    def one_page_is_open_at_most_and_none_for_what_is_over(self):
        keys = {key_of(each) for each in Incident.objects.filter(resolved_at=None).select_related("alert")}
        open_pages = list(Page.objects.filter(resolved_at=None).values_list("key", flat=True))
        assert len(open_pages) == len(set(open_pages))
        assert set(open_pages) <= keys


@pytest.mark.django_db
def test_the_alert_forgets_nothing_in_its_rows_and_opens_one_incident_at_a_time(table, world, monkeypatch):
    AlertOnTables.world = world
    AlertOnTables.slo_id = freshness_of(asset_on(table, world, monkeypatch)).pk
    quick = settings(
        max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
    )
    run_state_machine_as_test(AlertOnTables, settings=quick)
