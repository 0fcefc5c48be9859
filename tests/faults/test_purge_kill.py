"""A worker killed in the midst of each action of a purge: the next one ends it, once, and nothing readable is left."""

import signal
from datetime import timedelta

import pytest

from portal.core.clock.services import now
from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor
from privacy_app import keystore
from privacy_app.models import Purge, Request
from privacy_app.services import intake
from tests.faults import dying


def worker(settings, action):
    return dying.run("dying_purger", settings.VAR_DIR, action)


@pytest.mark.django_db(transaction=True)
def test_a_purge_survives_workers_killed_in_the_midst_of_each_action(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    made = intake.receive(actor=system_actor("tests"), channel="staff", email="dana@example.com", code=False)
    over = (now() - timedelta(days=1)).date()
    Request.objects.filter(pk=made.pk).update(state="cancelled", appeal_until=over)
    for action in ("values", "letters", "key", "entry"):
        code, said = worker(settings, action)
        assert code == -signal.SIGKILL, said
    code, said = worker(settings, "")
    assert code == 0, said
    row = Purge.objects.select_related("request").get()
    assert row.entry is not None
    assert row.request.shredded_at == row.key_at
    assert not keystore.exists(made.key_name)
    assert not made.identifiers.exclude(sealed=None).exists()
    for kind in ("privacy:key:shredded", "privacy:request:purged"):
        assert Entry.objects.filter(kind=kind).count() == 1
