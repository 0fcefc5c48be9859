"""Who may see the baselines of an SLO, and who may make a new one."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from portal.core.clock.services import now
from slo_app.domain.baseline import Baseline as Document
from slo_app.domain.bins import Numbers
from slo_app.models import Baseline, Measurement, Slo
from slo_app.models.baseline import digest_of
from tests.access.slo import a_slo
from tests.access_entry import ALL, Entry
from tests.people import World


def drift(world: World) -> dict[str, Any]:
    """A drift SLO with one baseline."""
    promise = a_slo(world)
    Slo.objects.filter(pk=promise.pk).update(kind="drift", element="amount")
    made = Document(Numbers((1.0, 2.5, 40.0), (), 0.0, 99.0), (250, 400, 340, 10, 0))
    facts = {"rows": 1000, "element": "amount", "source": "warehouse: public.orders", "made_at": now()}
    document = made.document()
    Baseline.objects.create(slo=promise, number=1, document=document, digest=digest_of(document), **facts)
    counts = dict(zip(made.bins.labels, (100, 300, 500, 60, 40), strict=True))
    seen = {"result": "breach", "alerting": True, "value": "0.41", "total": 1000, "counts": counts}
    Measurement.objects.create(slo=promise, at=now(), cost_ms=9, digest="d", **seen)
    return {"pk": promise.pk}


ACCESS = [
    Entry("slos:baselines", ALL, drift),
    Entry("slos:baseline-make", {"owner"}, drift),
    Entry("slos:baseline-make", {"owner"}, drift, "post", {"reason": "a new market", "idempotency_key": str(uuid4())}),
]
