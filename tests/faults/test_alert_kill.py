"""kill -9 at every step of an alert's life: one incident, one page, one message a level, nothing half done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from portal.core.clock.services import now
from portal.core.evidence.models import Entry
from portal.core.notify.models import Message
from portal.core.oncall.models import Page, PageStep
from slo_app.models import Alert, Incident, Measurement, Slo, TimelineEntry
from tests.access.slo import a_slo

ROOT = Path(__file__).resolve().parents[2]


class Mortal:
    """The process of `dying_slo`, asked to do a job and to die at a step of it."""

    def __init__(self, var: Path) -> None:
        command = [sys.executable, "-m", "tests.faults.dying_slo", connection.settings_dict["NAME"], str(var)]
        env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, die_at: int, job: dict) -> dict | None:
        """What the job answered; None where it was killed before it could."""
        self.process.stdin.write(json.dumps(job | {"die_at": die_at}) + "\n")
        self.process.stdin.flush()
        answer = None
        while "died" not in (told := json.loads(self.process.stdout.readline())):
            answer = told
        assert told["died"] or told["code"] == 0, told
        return None if told["died"] else answer

    def killed_at_every_step(self, **job) -> int:
        """Do the job until it lives, killed one step later each time; returns how often it died."""
        deaths = 0
        while self.run(deaths + 1, job) is None:
            deaths += 1
            books_balance()
        books_balance()
        return deaths


@pytest.fixture
def mortal(db, settings):
    mortal = Mortal(settings.VAR_DIR)
    yield mortal
    mortal.process.communicate(timeout=30)
    assert mortal.process.returncode == 0


def books_balance() -> None:
    """What is said in one place is said in all: alert, incident, timeline, page, messages, ledger; or in none."""
    alert = Alert.objects.first()
    incidents = list(Incident.objects.all())
    fired = Entry.objects.filter(kind="slo:incident:fired").count()
    assert len(incidents) == fired == TimelineEntry.objects.filter(what="fired").count() <= 1
    assert (alert is not None and alert.phase in ("firing", "acknowledged")) == any(
        each.resolved_at is None for each in incidents
    )
    assert Page.objects.count() == sum(each.notified_at is not None for each in incidents)
    steps = PageStep.objects.exclude(message_key="").values_list("message_key", flat=True)
    assert sorted(steps) == sorted(Message.objects.values_list("dedup_key", flat=True))
    assert PageStep.objects.filter(what="told").count() == len(incidents)
    taken = Entry.objects.filter(kind="slo:incident:acknowledged").count()
    assert taken == sum(each.acknowledged_at is not None for each in incidents)
    assert taken == Page.objects.exclude(acknowledged_at=None).count()
    resolved = Entry.objects.filter(kind="slo:incident:resolved").count()
    assert resolved == sum(each.resolved_at is not None for each in incidents)


@pytest.mark.django_db(transaction=True)
def test_an_alert_lives_through_the_death_of_its_workers_at_every_step(mortal, world):
    slo = a_slo(world)
    start, deaths = now(), {}
    story = [(0, 45), (3, 45), (5, 45), (6, None), (7, "dan"), (8, 3), (11, 3), (13, 3)]
    for minute, what in story:
        at = start + timedelta(minutes=minute)
        if what is None:
            deaths[minute] = mortal.killed_at_every_step(do="rounds")
        elif what == "dan":
            deaths[minute] = mortal.killed_at_every_step(do="acknowledge", user=world.dan.pk)
        else:
            Slo.objects.filter(pk=slo.pk).update(leased_until=at + timedelta(days=1))
            deaths[minute] = mortal.killed_at_every_step(do="look", slo=slo.pk, at=at.isoformat(), value=what)
    incident = Incident.objects.get()
    assert (incident.acknowledged_by, incident.resolved_by) == (world.dan, None)
    assert incident.resolved_at == start + timedelta(minutes=13)
    assert Measurement.objects.count() == 6
    assert deaths[5] > 10, "firing writes the measurement, alert, incident, timeline, page, message and ledger"
    assert deaths[7] > 3
