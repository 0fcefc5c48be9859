"""A worker killed in the middle of a step of the escalation: nothing half told, and the next one takes the step."""

import signal
from datetime import timedelta

import pytest

from portal.core.clock import services as clock
from portal.core.notify.models import Message
from portal.core.oncall.models import Level, Page, Policy
from portal.core.oncall.services import escalate_due, page
from tests.faults import dying


@pytest.mark.django_db(transaction=True)
def test_a_step_survives_a_worker_killed_between_its_message_and_its_state(world, settings):
    policy = Policy.objects.create(team=world.platform, repeats=0, changed_at=clock.now())
    for position, target in enumerate(("on_call", "owners"), 1):
        Level.objects.create(policy=policy, position=position, target=target, wait=timedelta(minutes=5))
    facts = {"summary": "Stale", "body": "b", "severity": "page", "url": "/slos/", "details": {}}
    page(team=world.platform, key="k1", at=clock.now(), **facts)
    clock.move(timedelta(minutes=6))
    for _ in range(2):
        code, said = dying.run("dying_escalation", settings.VAR_DIR)
        assert code == -signal.SIGKILL, said
        found = Page.objects.get()
        assert (found.level, found.steps.filter(what="told").count()) == (1, 1)
        assert Message.objects.count() == 1
    assert escalate_due(clock.now()) == 1
    assert Page.objects.get().level == 2
    assert Message.objects.count() == 2
    assert escalate_due(clock.now()) == 0
