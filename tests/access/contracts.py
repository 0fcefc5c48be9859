"""Who may reach each page and operation of contracts, as the table of acts says."""

from __future__ import annotations

import uuid
from functools import cache
from pathlib import Path

from tests.access_entry import ALL, NONE, Entry

WRITERS = {"contributor", "owner"}
TEXT = Path("tests/contracts_app/data/customer_events_v1.yaml").read_text()


@cache
def _text(team: str) -> str:
    """The example, consumed by Product Analytics, and personal data, so that every role has something to sign."""
    text = TEXT.replace("data-platform@company.com", team)
    tail = "\nconsumers: [{team: Product Analytics}]\nasset: {tier: 1}\n"
    return text.replace('"#data-oncall"', team).replace("product-analytics@company.com", team) + tail


def draft(world, team="platform"):
    from contracts_app import services
    from portal.core.catalog.services import adopt_asset
    from portal.core.identity.actors import system_actor

    for name in ("features/customer_profile", "vectors/customer_semantic", "raw_lake/clickstream"):
        adopt_asset(actor=system_actor("tests"), namespace="tests", name=name)
    return services.import_yaml(user=world.bob, content=_text(team).encode())


def proposed(world):
    from contracts_app import services

    version = draft(world)
    return services.propose(user=world.bob, version=version, token=version.token, key=uuid.uuid4())


def _active_name(world):
    """A name is enough: nothing in force answers 404, which a token of the scope must not get."""
    from contracts_app.models import Version

    version = proposed(world)
    Version.objects.filter(pk=version.pk).update(state="active")
    return {"name": version.contract.name}


def _contract(world):
    return {"pk": draft(world).contract_id}


def _draft(world):
    return {"pk": draft(world).pk}


def _proposed(world):
    return {"pk": proposed(world).pk}


def in_force(world):
    """A version in force that nobody has tested, and whose asset lies nowhere: its run ends at once, in words."""
    from contracts_app.models import Version

    version = proposed(world)
    Version.objects.filter(pk=version.pk).update(state="active")
    return version


def a_run(world):
    """A finished run over a small Parquet folder, with results of several states."""
    import tempfile

    import pyarrow as pa
    import pyarrow.parquet as pq

    from contracts_app import services
    from portal.core.catalog.models import Asset, DataSystem, Placement
    from portal.core.clock.services import now

    version = in_force(world)
    root = Path(tempfile.mkdtemp())
    (root / "events").mkdir()
    rows = {"customer_id": ["a", None], "event_type": ["view", "odd"], "amount_usd": ["1", "2"], "e_mail": ["x", "y"]}
    pq.write_table(pa.table(rows), root / "events" / "a.parquet")
    asset = Asset.objects.create(namespace="default", name=version.contract.name, kind="table")
    system = DataSystem.objects.create(name="lake", kind="parquet", settings={"root": str(root)}, created_at=now())
    Placement.objects.create(asset=asset, system=system, object_name="events")
    return services.run_contract_tests(version, trigger="by hand")


def _keyed():
    return {"idempotency_key": str(uuid.uuid4())}


def _accepting(world):
    return {"team": str(world.analytics.pk), "said": "accepted"}


def _breaking(world):
    """A first version that names a consumer has a notice, so the consumer is asked."""
    return {"pk": proposed(world).pk}


def _objected(world):
    from contracts_app import services
    from contracts_app.domain.answers import Said

    version = proposed(world)
    team = world.analytics.pk
    services.answer(
        user=world.cleo, version=version, team_id=team, said=Said.OBJECTED, reason="it breaks us", key=uuid.uuid4()
    )
    return {"pk": version.pk, "team": team}


def _followed(world):
    """A subscription of a team: its members may end it."""
    from contracts_app import services

    subject = {"contract": draft(world).contract}
    return {"pk": services.subscribe(user=world.bob, for_team=world.platform, **subject).pk}


SIGNERS = {"owner", "privacy_officer", "head_of_data"}
ACCESS = [
    Entry("contracts:list", ALL),
    Entry("contracts:page", ALL, _contract),
    Entry("contracts:coverage", ALL),
    Entry("contracts:coverage-csv", ALL),
    Entry("contracts:compare", ALL, _contract),
    Entry("contracts:patch", ALL, _draft),
    Entry("contracts:new", WRITERS | {"outsider"}),
    Entry("contracts:new", WRITERS | {"outsider"}, method="post", data={"text": "name: a", "action": "yaml"}),
    Entry("contracts:import", WRITERS | {"outsider"}),
    Entry("contracts:import", WRITERS, method="post", data=lambda world: {"text": _text("platform")}),
    Entry("contracts:export", ALL, lambda world: {**_draft(world), "key": "odcs"}),
    Entry("contracts:export-make", ALL, lambda world: {**_draft(world), "key": "pdf"}, "post"),
    Entry("contracts:edit", WRITERS | {"consumer"}, _contract),
    Entry("contracts:edit", WRITERS | {"consumer"}, _contract, "post", {"text": "name: a", "action": "save"}),
    Entry("contracts:propose", WRITERS | {"consumer"}, _draft),
    Entry(
        "contracts:propose",
        WRITERS | {"consumer"},
        _draft,
        "post",
        lambda world: {"token": "1", "idempotency_key": str(uuid.uuid4())},
    ),
    Entry("contracts:withdraw", WRITERS, _proposed),
    Entry("contracts:withdraw", WRITERS, _proposed, "post", {"reason": "a mistake"}),
    Entry("contracts:evidence", WRITERS | {"consumer", "privacy_officer", "auditor", "head_of_data"}, _proposed),
    Entry("contracts:sign", SIGNERS, _proposed),
    Entry("contracts:sign", SIGNERS, _proposed, "post", {"challenge": "0", "password": "x", "code": "000000"}),
    Entry(
        "contracts:test",
        WRITERS | {"on_call"},
        lambda world: {"pk": in_force(world).pk},
        "post",
        lambda world: {"idempotency_key": str(uuid.uuid4())},
    ),
    Entry("contracts:readiness", WRITERS | {"on_call"}, _proposed, "post"),
    Entry("contracts:test-run", ALL, lambda world: {"pk": a_run(world).pk}),
    Entry(
        "api:contracts-test",
        NONE,
        lambda world: {"name": in_force(world).contract.name},
        "post",
        token="contracts:test",
    ),
    Entry(
        "api:contracts-test-latest",
        NONE,
        lambda world: {"name": a_run(world).version.contract.name},
        token="contracts:read",
    ),
    Entry(
        "api:contracts-test-run",
        NONE,
        lambda world: {"name": (run := a_run(world)).version.contract.name, "number": run.pk},
        token="contracts:read",
    ),
    Entry("contracts:queue", ALL),
    Entry("contracts:retire", {"owner"}, _contract),
    Entry("contracts:retire", {"owner"}, _contract, "post", lambda world: {**_keyed(), "reason": "the source is gone"}),
    Entry("contracts:subscriptions", ALL),
    Entry("contracts:subscriptions", ALL, None, "post", lambda world: {"what": "owned_by", "team": world.platform.pk}),
    Entry("contracts:follow", ALL, _contract, "post"),
    Entry("contracts:unfollow", {"contributor", "owner", "on_call"}, _followed, "post"),
    Entry("contracts:answer", {"consumer"}, _breaking),
    Entry("contracts:answer", {"consumer"}, _breaking, "post", lambda world: {**_keyed(), **_accepting(world)}),
    Entry("contracts:overrule", {"head_of_data"}, _objected),
    Entry("contracts:overrule", {"head_of_data"}, _objected, "post", lambda world: {**_keyed(), "reason": "it must"}),
    Entry("contracts:grounds", {"privacy_officer"}, _breaking),
    Entry("contracts:grounds", {"privacy_officer"}, _breaking, "post", lambda world: _keyed()),
    Entry("api:contracts-conditions", NONE, lambda world: {"name": draft(world).contract.name}, token="contracts:read"),
    Entry("api:contracts-active", NONE, _active_name, token="contracts:read"),
    Entry("api:contracts-export", NONE, lambda world: {**_active_name(world), "key": "odcs"}, token="contracts:read"),
    Entry(
        "api:contracts-import",
        NONE,
        {"key": "odcs"},
        "post",
        "apiVersion: v3.2.0\nkind: DataContract\nid: x\nversion: 1.0.0\n",
        "application/yaml",
        token="contracts:read",
    ),
    Entry(
        "api:contracts-lint",
        NONE,
        None,
        "post",
        data="name: a",
        content_type="application/yaml",
        token="contracts:read",
    ),
]
