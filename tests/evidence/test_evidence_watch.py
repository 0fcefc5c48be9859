"""When the ledger does not fit its entries, the people who must know are told once, and see it on their first page."""

import pytest
from django.core import mail
from django.db import connection

from portal.core.catalog.worklist import waiting_for
from portal.core.evidence.services import run_audit, sequence_all
from portal.core.notify.services import deliver_waiting
from portal.core.oncall.models import Page
from portal.pages.evidence.watch import tell_of_faults


@pytest.fixture
def broken(world, note):
    """A ledger with one row edited behind the triggers, and the recomputation that found it."""
    note("table")
    sequence_all()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE evidence_entry SET kind = 'tests:fact:denied'")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    return run_audit()


def test_auditors_and_administrators_get_one_letter_for_each_recomputation_with_faults(world, broken):
    for _ in range(2):
        assert tell_of_faults() == len(broken.faults)
    deliver_waiting()
    assert sorted(letter.to[0] for letter in mail.outbox) == ["ada@example.org", "aud@example.org"]
    assert "its row was changed" in mail.outbox[0].body


def test_whoever_reads_the_whole_ledger_finds_the_fault_on_their_first_page_and_others_do_not(world, broken):
    told = {
        name: bool(waiting_for(getattr(world, name))["To fix"]) for name in ("aud", "hal", "pia", "ana", "ada", "dan")
    }
    assert told == {"aud": True, "hal": True, "pia": True, "ana": False, "ada": False, "dan": False}


def test_nobody_is_told_of_a_ledger_that_fits(world, note):
    note("table")
    sequence_all()
    run_audit()
    assert tell_of_faults() == 0
    assert not waiting_for(world.aud)["To fix"]


def test_the_team_that_runs_the_portal_is_paged_once_and_told_when_it_fits_again(world, broken, settings):
    settings.OPERATIONS_TEAM = "platform"
    for _ in range(2):
        tell_of_faults()
    found = Page.objects.get()
    assert (found.team, found.severity, found.resolved_at) == (world.platform, "page", None)
    assert "its row was changed" in found.body
    broken.faults = []
    broken.save()
    tell_of_faults()
    assert Page.objects.get().resolved_at is not None
