"""What people and workers do to a request, in one line each."""

from portal.core.clock import services as clock
from portal.core.evidence.services import sequence_all
from portal.core.identity.actors import system_actor
from portal.core.notify.services import deliver_waiting
from portal.core.signing.proofs import PasswordAndCode
from privacy_app import tasks
from privacy_app.domain.steps import LONGEST_WAIT
from privacy_app.models import Request
from privacy_app.services import approval, findings, identity, intake, planning


class Driver:
    """Pia plans, Petra approves, the workers are called as the clock would call them."""

    def __init__(self, world, four):
        self.world, self.four = world, four

    def receive(self, **more):
        values = {"channel": "form", "email": self.four.email, **more}
        request = intake.receive(actor=system_actor("tests"), **values)
        tasks.send_codes()
        return fresh(request)

    def verified(self, **more):
        request = self.receive(**more)
        identity.override(user=self.world.pia, request_id=request.pk, reason="known at the counter")
        return fresh(request)

    def planning(self, **more):
        request = self.verified(**more)
        tasks.resolve_waiting()
        return fresh(request)

    def submitted(self, **more):
        request = self.planning(**more)
        plan = planning.make_plan(user=self.world.pia, request_id=request.pk)
        for finding in plan.findings.all():
            findings.exclude(user=self.world.pia, finding_id=finding.pk, reason="redacted by the lineage step")
        planning.submit(user=self.world.pia, plan_id=plan.pk)
        return fresh(request)

    def approve(self, request, who="petra", passkey=None):
        user = getattr(self.world, who)
        challenge = approval.begin_approval(user=user, request=request)
        approval.approve(
            user=user,
            request_id=request.pk,
            challenge_id=str(challenge.pk),
            proof=passkey.sign(challenge) if passkey else PasswordAndCode(self.world.password, self.world.code(who)),
            exclusive_approved=True,
        )
        return fresh(request)

    def approved(self, **more):
        return self.approve(self.submitted(**more))

    def work(self, request):
        """Let the workers do what is due, the ledger's sequencer included."""
        for _ in range(8):
            tasks.propagate()
            sequence_all()
            tasks.prove()
            if fresh(request).state not in ("propagating", "verifying"):
                break
            clock.move(clock.offset() + LONGEST_WAIT)
        for _ in range(2):
            sequence_all()
            tasks.prove()
        deliver_waiting()
        return fresh(request)

    def completed(self, **more):
        return self.work(self.approved(**more))


def fresh(request):
    return Request.objects.get(pk=request.pk)
