"""A request under any sequence of what people, workers and the clock do, on the real tables: the rules always hold.

The pure machine is walked in tests/domain/privacy/test_request_transitions.py; here the services act, and what is
looked at afterwards is what an officer, a subject and an auditor would see.
"""

import re
from datetime import timedelta

from django.core import mail
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from portal.core.clock import services as clock
from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor
from portal.core.notify.services import deliver_waiting
from privacy_app import tasks
from privacy_app.domain.request import BEFORE_APPROVAL, ENDED, State, TransitionRefused
from privacy_app.models import Request
from privacy_app.services import extending, identity, intake, lifecycle, pausing
from privacy_app.services.identity import CodeRefused
from privacy_app.services.lifecycle import RequestRefused

REFUSED = (TransitionRefused, RequestRefused, CodeRefused)
GONE_ON = {State.RESOLVING, State.PLANNING, State.AWAITING_APPROVAL, State.PROPAGATING, State.VERIFYING}


class Life(RuleBasedStateMachine):
    """One request, its officer, its subject and the workers."""

    pia = None

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.start = clock.now()
        self.pk = intake.receive(actor=system_actor("tests"), channel="form", email="dana@example.com").pk
        self.mailed = len(mail.outbox)

    def teardown(self):
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    @property
    def request(self):
        return Request.objects.get(pk=self.pk)

    def attempt(self, act, *args, **named):
        """Do something; a refusal is a sentence, and changes nothing that can be seen."""
        before = Request.objects.filter(pk=self.pk).values().get()
        entries = Entry.objects.count()
        said = self.refusal_of(act, *args, **named)
        if said:
            assert len(said) > 20
            assert Request.objects.filter(pk=self.pk).values().get() == before
            assert Entry.objects.count() == entries

    @staticmethod
    def refusal_of(act, *args, **named):
        try:
            with transaction.atomic():
                act(*args, **named)
        except REFUSED as refused:
            return str(refused)
        return ""

    @rule()
    def workers_send_codes(self):
        tasks.send_codes()

    @rule()
    def the_subject_asks_for_a_new_code(self):
        self.attempt(identity.send_code, request_id=self.pk)

    @rule(right=st.booleans())
    def the_subject_types_a_code(self, right):
        deliver_waiting()
        codes = [re.findall(r"^[2-9A-Z]{8}$", each.body, re.MULTILINE) for each in mail.outbox[self.mailed :]]
        known = [code for found in codes for code in found]
        if right and known:
            self.attempt(identity.verify_code, request_id=self.pk, code=known[-1])
        else:
            try:
                identity.verify_code(request_id=self.pk, code="AAAAAAAA")
            except CodeRefused:
                return
            raise AssertionError("a wrong code was taken")

    @rule()
    def staff_accept_the_identity(self):
        self.attempt(identity.override, user=self.pia, request_id=self.pk, reason="known", method="counter")

    @rule(days=st.integers(-1, 40))
    def staff_pause(self, days):
        until = clock.now() + timedelta(days=days)
        self.attempt(pausing.pause, user=self.pia, request_id=self.pk, reason="a question", until=until)

    @rule()
    def staff_resume(self):
        self.attempt(pausing.resume, user=self.pia, request_id=self.pk)

    @rule()
    def staff_extend(self):
        self.attempt(extending.extend, user=self.pia, request_id=self.pk, reason="complex")

    @rule(basis=st.sampled_from(["", "GDPR Art. 17(3)(b)"]))
    def staff_deny(self, basis):
        self.attempt(lifecycle.deny, user=self.pia, request_id=self.pk, basis=basis, text="tax law")

    @precondition(lambda self: self.request.state in (State.PAUSED, State.RESOLVING))
    @rule()
    def the_subject_withdraws(self):
        self.attempt(lifecycle.cancel, actor=system_actor("tests"), request_id=self.pk, reason="withdrawn")

    @rule(hours=st.sampled_from([0.1, 1, 30, 24 * 8, 24 * 20]))
    def time_goes_by(self, hours):
        clock.move(clock.offset() + timedelta(hours=hours))
        tasks.mind_waits()

    @invariant()
    def the_ledger_and_the_row_agree_about_the_end(self):
        request = self.request
        closed = Entry.objects.filter(kind="privacy:request:closed", payload__request=request.req_id)
        ended = request.state in ENDED
        assert closed.count() == int(ended)
        assert (request.closed_at is not None) == ended == (request.appeal_until is not None)
        assert bool(request.closed_because) == ended

    @invariant()
    def nothing_goes_on_without_an_identity(self):
        request = self.request
        shown = request.identifiers.filter(standing__in=("proved", "accepted")).exists()
        verified = Entry.objects.filter(kind="privacy:request:verified", payload__request=request.req_id).count()
        assert verified == int(request.verified_at is not None)
        if request.state in GONE_ON:
            assert shown
            assert verified

    @invariant()
    def waits_are_open_exactly_while_we_wait_and_each_has_its_end(self):
        request = self.request
        waits = request.pauses.filter(ended_at=None)
        assert waits.filter(cause="staff").count() == int(request.state == State.PAUSED)
        if request.state in ENDED or request.verified_at:
            assert not waits.filter(cause="identity").exists()
        assert not request.pauses.filter(until=None).exists()
        if request.state == State.PAUSED:
            assert request.paused_from in BEFORE_APPROVAL

    @invariant()
    def the_net_clock_never_runs_ahead_and_only_an_extension_moves_the_deadline(self):
        request, at = self.request, clock.now()
        slo, law = request.slo(at), request.statutory(at)
        assert timedelta(0) <= slo.net <= slo.gross
        assert slo.due == request.received_at + timedelta(hours=72)
        months = (law.due - request.received_at).days > 85
        assert months == (request.extended_at is not None)
        if request.extended_at:
            assert request.extended_at <= request.received_at + timedelta(days=31)

    @invariant()
    def each_letter_is_evidence_and_one_reminder_is_all(self):
        request = self.request
        written = Entry.objects.filter(kind="privacy:letter:written", payload__request=request.req_id)
        assert written.count() == request.letters.count()
        assert request.letters.filter(kind="reminder").count() <= 1
        if request.state in ENDED and request.letters.filter(kind="verify").exists():
            assert request.letters.filter(kind__in=("denied", "cancelled", "expired")).count() == 1

    @invariant()
    def changes_count_up_with_the_states(self):
        request = self.request
        assert request.changes >= int(request.state != State.RECEIVED)
        assert request.code_due is False or request.state in (State.RECEIVED, State.PAUSED)


def test_a_request_keeps_its_rules_whatever_people_workers_and_the_clock_do(world):
    Life.pia = world.pia
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=8,
            stateful_step_count=16,
            phases=[Phase.generate],
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
