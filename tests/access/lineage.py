"""Who may call each operation of lineage."""

import json
import uuid
from typing import Any

from tests.access_entry import ALL, NONE, Entry

_EVENT = {
    "eventTime": "2026-03-01T10:00:00Z",
    "eventType": "COMPLETE",
    "run": {"runId": "0199a3c2-7d5e-7000-8000-000000000001"},
    "job": {"namespace": "demo", "name": "load"},
    "inputs": [{"namespace": "demo", "name": "a"}],
    "outputs": [{"namespace": "demo", "name": "b"}],
}
_BODY = json.dumps(_EVENT)


def _machine(name: str, data: str) -> Entry:
    return Entry(name, NONE, method="post", data=data, content_type="application/json", token="lineage:write")


def _project() -> None:
    from datetime import timedelta

    from lineage_app.domain.events import parse
    from lineage_app.models import Run
    from lineage_app.services import keep, project_all
    from portal.core.clock.services import now
    from portal.core.identity.actors import system_actor
    from portal.core.identity.tokens import issue

    if not Run.objects.exists():
        token, _ = issue(
            actor=system_actor("tests"),
            name="a pipeline",
            scopes=["lineage:write"],
            namespaces=["*"],
            expires_at=now() + timedelta(days=1),
        )
        keep(parse(_BODY.encode()), _BODY.encode(), token=token, at=now())
        project_all()


def _of(model: str) -> Any:
    def kwargs(world: Any) -> dict[str, int]:
        from lineage_app import models

        _project()
        return {"pk": getattr(models, model).objects.order_by("pk").first().pk}

    return kwargs


def _claim(world: Any) -> dict[str, Any]:
    return {"kind": "table", "layer": "", "team": world.platform.pk}


def _rule(world: Any) -> dict[str, int]:
    import uuid

    from lineage_app.domain.rewrites import Rule
    from lineage_app.services.rewrites import add_rule

    return {"pk": add_rule(user=world.ada, rule=Rule("old", "new"), position=1, key=uuid.uuid4()).pk}


def _claimed(world: Any) -> dict[str, int]:
    """The dataset b, which Data Platform claims."""
    from lineage_app.models import Dataset
    from lineage_app.services import link_assets
    from portal.core.catalog.services import adopt_asset
    from portal.core.identity.actors import system_actor

    _project()
    actor = system_actor("tests")
    adopt_asset(actor=actor, namespace="demo", name="b", kind="table", owner_team=world.platform)
    link_assets()
    return {"pk": Dataset.objects.get(name="b").pk}


def _merge(world: Any) -> dict[str, Any]:
    from lineage_app.models import Dataset

    _claimed(world)
    return {"other": Dataset.objects.get(name="a").pk, "reason": "one table", "idempotency_key": _KEY}


def _merged(world: Any) -> dict[str, int]:
    import uuid

    from lineage_app.models import Dataset
    from lineage_app.services.merging import merge

    one, other = Dataset.objects.get(pk=_claimed(world)["pk"]), Dataset.objects.get(name="a")
    return {"pk": merge(user=world.ada, one=one, other=other, reason="one table", key=uuid.uuid4()).pk}


def _declaration(world: Any) -> dict[str, int]:
    import uuid

    from lineage_app.domain.names import Name
    from lineage_app.services.declaring import declare_edge

    _claimed(world)
    names = {"src": Name("demo", "a"), "dst": Name("demo", "b"), "job": Name("demo", "by hand")}
    return {"pk": declare_edge(user=world.ada, **names, reason="", new_names=False, key=uuid.uuid4()).pk}


_KEY = "0199a3c2-7d5e-4000-8000-000000000001"
_RULE = {"pattern": "old", "replacement": "new", "scope": "both", "idempotency_key": _KEY}
_EDGE = {
    "namespace": "demo",
    "name": "a",
    "job_namespace": "demo",
    "job_name": "by hand",
    "idempotency_key": _KEY,
}
_TEAM = {"contributor", "owner", "administrator"}
_ADMINISTRATOR = {"administrator"}
_OWNERS = {"owner", "administrator"}


def _sender(world: Any) -> dict[str, int]:
    from portal.core.identity.models import ServiceToken

    world.token("lineage:write", team=world.platform)
    return {"pk": ServiceToken.objects.latest("pk").pk}


def _refused(world: Any) -> dict[str, int]:
    from lineage_app.models import RefusedEvent
    from lineage_app.services.refusals import Refused, refuse
    from portal.core.clock.services import now
    from portal.core.identity.models import ServiceToken

    token = ServiceToken.objects.get(**_sender(world))
    refuse([Refused(400, "json", "The body is not JSON.", b'{"half": ')], token=token, at=now())
    return {"pk": RefusedEvent.objects.latest("pk").pk}


_WRITERS = {"contributor", "owner", "outsider"}


def _archive(world: Any) -> dict[str, int]:
    from lineage_app.domain.events import parse
    from lineage_app.services import archive_old, keep
    from portal.core.clock.services import now
    from portal.core.identity.models import ServiceToken

    world.token("lineage:write")
    body = json.dumps({**_EVENT, "eventTime": "2022-03-01T10:00:00Z"}).encode()
    keep(parse(body), body, token=ServiceToken.objects.latest("pk"), at=now())
    (archive,) = archive_old(now())
    return {"pk": archive.pk}


ACCESS = [
    _machine("api:lineage-ingest", _BODY),
    _machine("api:lineage-ingest-slash", _BODY),
    _machine("api:lineage-batch", f"[{_BODY}]"),
    _machine("api:lineage-batch-slash", f"[{_BODY}]"),
    Entry("lineage:index", ALL),
    Entry("lineage:retention", ALL, data=lambda world: _archive(world) and {}),
    # an archive holds events of all teams, so it is for those who may read all evidence
    Entry("lineage:archive", {"privacy_officer", "auditor", "head_of_data"}, kwargs=_archive),
    Entry("lineage:producers", ALL),
    Entry("lineage:producer", ALL, kwargs=_sender),
    Entry("lineage:producer-events", ALL, kwargs=_sender),
    Entry("lineage:refused-events", {"contributor", "owner", "administrator"}, kwargs=_sender),
    Entry("lineage:refused-event", {"contributor", "owner", "administrator"}, kwargs=_refused),
    # a dataset that nobody has claimed has no team yet: whoever writes contracts for a team may claim it for that team
    Entry("lineage:adopt", _WRITERS, kwargs=_of("Dataset")),
    Entry("lineage:adopt", _WRITERS, kwargs=_of("Dataset"), method="post", data=_claim),
    Entry("lineage:names", ALL),
    Entry("lineage:rewrite", ALL, kwargs=_rule),
    Entry("lineage:rewrite-add", _ADMINISTRATOR),
    Entry("lineage:rewrite-add", _ADMINISTRATOR, method="post", data=_RULE),
    Entry("lineage:rewrite-remove", _ADMINISTRATOR, kwargs=_rule, method="post"),
    # finding the other name is for whoever may merge something; the merge itself asks about both
    Entry("lineage:merge", _OWNERS | {"outsider"}, kwargs=_claimed),
    Entry("lineage:merge", _OWNERS, kwargs=_claimed, method="post", data=_merge),
    Entry("lineage:merge-undo", _OWNERS, kwargs=_merged),
    Entry("lineage:merge-undo", _OWNERS, kwargs=_merged, method="post"),
    Entry("lineage:declare", _TEAM, kwargs=_claimed),
    Entry("lineage:declare", _TEAM, kwargs=_claimed, method="post", data=_EDGE),
    Entry("lineage:declaration-withdraw", _TEAM, kwargs=_declaration),
    Entry("lineage:declaration-withdraw", _TEAM, kwargs=_declaration, method="post"),
]


def _flow_of(world: Any, **known: Any) -> Any:
    from portal.core.catalog.services import adopt_asset, declare_flow
    from portal.core.identity.actors import system_actor

    actor = system_actor("tests")
    made = [
        adopt_asset(actor=actor, namespace="demo", name=name, kind="table", owner_team=world.platform, **known)
        for name in ("a", "b")
    ]
    return declare_flow(actor=actor, name="A flow", owner_team=world.platform, assets=made)


def _flow(world: Any) -> dict[str, int]:
    _project()
    return {"pk": _flow_of(world).pk}


def _draft(world: Any) -> dict[str, Any]:
    flow = _flow_of(world)
    return {"name": "A flow", "flow": flow.pk, "step": [step.asset_id for step in flow.steps.all()]}


def _counted(world: Any) -> dict[str, Any]:
    from datetime import UTC, date, datetime

    from lineage_app.models import CoverageDay

    moment = datetime(2026, 3, 2, 2, tzinfo=UTC)
    missing = [["demo/a", "demo/b", "stale"], ["", "demo/c", "no_flow"]]
    counts = {"covered": 1, "total": 3, "missing": missing, "counted_at": moment}
    CoverageDay.objects.get_or_create(day=date(2026, 3, 1), defaults=counts)
    return {"day": date(2026, 3, 1)}


def _hops(world: Any) -> dict[str, str]:
    _project()
    _flow_of(world, tier=1, tier_reason="board KPI")
    _counted(world)
    return {"show": "all"}


def _job_of_platform(world: Any) -> Any:
    """A job that writes an asset of Data Platform, and whose runs show a rhythm."""
    from datetime import timedelta

    from lineage_app.models import Dataset, Job, Run
    from portal.core.clock.services import now

    _project()
    asset = _flow_of(world).steps.all()[1].asset
    Dataset.objects.filter(name="b").update(asset=asset)
    job = Job.objects.get(name="load")
    for n in range(8):
        at = now() - timedelta(hours=n + 1)
        Run.objects.create(subject=uuid.uuid4(), job=job, status="COMPLETE", first_at=at, last_at=at, ended_at=at)
    return job


def _job_kwargs(world: Any) -> dict[str, int]:
    return {"pk": _job_of_platform(world).pk}


def _expected(world: Any) -> dict[str, int]:
    from datetime import timedelta

    from lineage_app.models import Expectation
    from portal.core.clock.services import now

    job = _job_of_platform(world)
    Expectation.objects.create(job=job, every=timedelta(hours=1), declared_at=now(), next_check_at=now())
    return {"pk": job.pk}


def _finding(world: Any) -> dict[str, int]:
    from lineage_app.models import RunFinding
    from portal.core.clock.services import now

    row = RunFinding.objects.create(job=_job_of_platform(world), kind="failing", since=now(), opened_at=now(), count=3)
    row.teams.add(world.platform)
    return {"pk": row.pk}


def _found(world: Any) -> None:
    _finding(world)


_HANDLERS = {"owner", "on_call", "administrator"}
_EXPECTED = {"how": "every", "number": "1", "unit": "3600", "grace": "15", "zone": "UTC"}
_DECLARERS, _THESE = {"owner", "outsider", "administrator"}, {"owner", "administrator"}

ACCESS += [
    Entry("lineage:coverage", ALL, data=_hops),
    Entry("lineage:coverage-csv", ALL),
    Entry("lineage:coverage-day", ALL, kwargs=_counted),
    Entry("lineage:flows", ALL),
    Entry("lineage:flows-graph", ALL),
    Entry("lineage:flow", ALL, kwargs=_flow),
    Entry("lineage:flow-diagram", ALL, kwargs=_flow),
    Entry("lineage:flow-export", ALL, kwargs=lambda world: _flow(world) | {"form": "graph.svg"}),
    # whoever owns the product's team declares what leads to it; the outsider owns another team
    Entry("lineage:flow-new", _DECLARERS),
    Entry("lineage:flow-check", _THESE, data=_draft),
    Entry("lineage:flow-check", _THESE, method="post", data=_draft),
    Entry("lineage:flow-edit", _THESE, kwargs=_flow),
    Entry("lineage:flow-withdraw", _THESE, kwargs=_flow),
    Entry("lineage:flow-withdraw", _THESE, kwargs=_flow, method="post", data={"reason": "It is switched off."}),
    Entry("lineage:node-types", ALL),
    Entry("lineage:type", _TEAM, kwargs=_claimed),
    Entry("lineage:type", _TEAM, kwargs=_claimed, method="post", data={"kind": "table", "layer": "raw"}),
    Entry("lineage:findings", ALL, data=_found),
    Entry("lineage:finding", ALL, kwargs=_finding),
    Entry("lineage:finding", _HANDLERS, kwargs=_finding, method="post", data={"act": "acknowledge"}),
    Entry("lineage:expectation", _THESE, kwargs=_job_kwargs),
    Entry("lineage:expectation", _THESE, kwargs=_job_kwargs, method="post", data=_EXPECTED),
    Entry("lineage:expectation-accept", _THESE, kwargs=_job_kwargs, method="post"),
    Entry("lineage:expectation-withdraw", _THESE, kwargs=_expected),
    Entry("lineage:expectation-withdraw", _THESE, kwargs=_expected, method="post"),
    Entry("lineage:claim", _WRITERS),
    Entry("lineage:claim", _WRITERS, method="post", data=lambda world: {"team": world.platform.pk}),
]
