"""Who may use the provenance pages: reading is everybody's right, and so is taking an answer as a document."""

import json
from uuid import uuid4

from tests.access_entry import ALL, NONE, PUBLIC, Entry
from tests.people import World

_OUTPUT = {"namespace": "demo", "output_id": "answer-1", "run_id": "r-1"}


def _given(world: World) -> dict[str, int]:
    from portal.core.clock.services import now
    from portal.pages.provenance import services
    from portal.pages.provenance.domain.answer import Answer, Subject
    from portal.pages.provenance.domain.questions import read

    subject = Subject(kind="run", label="run r-1", url="/lineage/runs/1/")
    answer = Answer(question=read("run:r-1"), subject=subject, at=now(), asked_at=now())
    return {"pk": services.give(user=world.ana, key=uuid4(), answer=answer).pk}


def _asked(world: World) -> dict[str, str]:
    """A question that has an answer: an output whose run nobody told of."""
    from portal.core.clock.services import now
    from portal.pages.provenance.models import Output

    Output.objects.get_or_create(**_OUTPUT, defaults={"made_at": now(), "registered_at": now()})
    return {"q": "output:answer-1", "idempotency_key": str(uuid4())}


ACCESS = [
    Entry("provenance:ask", ALL),
    Entry("provenance:json", ALL, data=_asked),
    Entry("provenance:drawing", ALL, data=_asked),
    Entry("provenance:schema", PUBLIC),
    Entry("provenance:take", ALL, method="post", data=_asked),
    Entry("provenance:answers", ALL),
    Entry("provenance:given", ALL, kwargs=_given),
    Entry("provenance:given-file", ALL, kwargs=lambda world: _given(world) | {"form": "answer.json"}),
    Entry("provenance:outputs", ALL),
    Entry("api:outputs", NONE, token="outputs:write"),
    Entry(
        "api:outputs",
        NONE,
        method="post",
        data=json.dumps({"outputs": [_OUTPUT]}),
        content_type="application/json",
        token="outputs:write",
    ),
    Entry("api:provenance", NONE, data=_asked, token="provenance:read"),
]
