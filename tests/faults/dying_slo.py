"""A process that does a piece of an alert's life, each time killed as by `kill -9` at another step.

A step is a row written, or a transaction committed. It is started once and forks for each try, as dying_contracts is.
"""

import sys
from datetime import datetime
from decimal import Decimal

from tests.faults import dying_contracts


def look(told):
    """What a worker does with a reading: the measurement and all that follows from it."""
    from slo_app.domain.measurement import Reading
    from slo_app.models import Slo
    from slo_app.probing import Look
    from slo_app.services import record_look

    slo = Slo.objects.get(pk=told["slo"])
    seen = Look(at=datetime.fromisoformat(told["at"]), reading=Reading(None, Decimal(told["value"])), cost_ms=1)
    return {"result": getattr(record_look(slo_id=slo.pk, fence=slo.lease_number, look=seen), "result", None)}


def rounds(told):
    """What the clock brings to incidents."""
    from slo_app.services import make_rounds

    return {"done": make_rounds()}


def acknowledge(told):
    """A person takes it on."""
    from portal.core.identity.models import User
    from slo_app.models import Incident
    from slo_app.services import acknowledge as take
    from slo_app.services.incidents import IncidentError

    try:
        take(user=User.objects.get(pk=told["user"]), incident=Incident.objects.get())
    except IncidentError as error:
        return {"refused": str(error)}
    return {"taken": True}


if __name__ == "__main__":
    dying_contracts.JOBS = {"look": look, "rounds": rounds, "acknowledge": acknowledge}
    dying_contracts.main(*sys.argv[1:])
