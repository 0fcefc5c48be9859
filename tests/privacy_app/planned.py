"""Submitted plans without a data system behind them: for what people do with plans, not for what workers do."""

from portal.core.identity.actors import system_actor
from portal.core.signing.proofs import PasswordAndCode
from privacy_app.domain.request import State
from privacy_app.models import Request
from privacy_app.services import intake, looking, planning


def submitted(world, *, planner="pia", submitter=None, preview=None, number=1, **step):
    """A request whose plan of one step was made by `planner` and submitted by `submitter` (else the same)."""
    email = f"dana{number}@example.com"
    request = intake.receive(actor=system_actor("tests"), channel="staff", email=email, code=False)
    Request.objects.filter(pk=request.pk).update(state=State.PLANNING)
    plan = request.plans.create(number=1, planner=getattr(world, planner), made_at=request.received_at)
    plan.body = {"scope": looking.scope_for(request, {}).fingerprint()}
    plan.save()
    values = {"position": 1, "place": 1, "origin": "registered", "system_name": "shop", "kind": "postgresql"}
    plan.steps.create(request=request, dataset="people", preview=preview or {"count": 2}, **values, **step)
    planning.submit(user=getattr(world, submitter or planner), plan_id=plan.pk)
    request.refresh_from_db()
    return request


def proof(world, who):
    """What a person types to sign."""
    return PasswordAndCode(world.password, world.code(who))
