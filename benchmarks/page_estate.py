"""The estate on which first pages are measured: a company's, not a test's, with most of it at rest.

10,000 assets in 1,000 pipelines of 100 jobs, 100 teams of which one owns a tenth of everything, an SLO and a contract
an asset, one contract in eight on its way, one SLO in a hundred firing, 10,000 deletion requests of which two in five
are open. Rows are written in bulk, as the services would leave them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from benchmarks import page_estate_sql as texts

TEAMS = 97  # beside the three of the cast
PEOPLE_A_TEAM = 10
SYSTEMS = 200
PIPELINES, JOBS_A_PIPELINE = 1_000, 100
REQUESTS, STEPS = 10_000, 5
GATED_JOBS, RUNS_A_GATED_JOB = 2_000, 5
ENTRIES = 20_000
BATCH = 2_000


def plant(world: Any, at: Any, *, share: float = 1.0) -> str:
    """Write everything, `share` of its size, and vacuum as autovacuum would have by then; gives the estate in words."""
    pipelines = int(PIPELINES * share)
    teams = _people(world, at)
    with transaction.atomic():
        _lineage(pipelines, teams, at)
        _systems(world, at)
    _contracts(world, at)
    _slos(at)
    _on_call(world, teams, at)
    _gates(int(GATED_JOBS * share), at)
    _requests(world, int(REQUESTS * share), at)
    _ledger(world, int(ENTRIES * share), at)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")  # what is still being written of all this would be measured with the pages
    return _words()


def _people(world: Any, at: Any) -> list[Any]:
    """Teams with people; gives all teams, the cast's first."""
    from portal.core.identity.models import Membership, Team, User

    del at
    made = Team.objects.bulk_create(Team(slug=f"squad-{n}", name=f"Squad {n:02}") for n in range(TEAMS))
    teams = [*world.teams.values(), *made]
    for number, team in enumerate(teams):
        people = User.objects.bulk_create(
            User(email=f"p{number}.{n}@example.org", name=f"Person {number}.{n}") for n in range(PEOPLE_A_TEAM)
        )
        roles = ("owner", "on_call", *("contributor",) * (PEOPLE_A_TEAM - 2))
        Membership.objects.bulk_create(
            Membership(user=person, team=team, role=role) for person, role in zip(people, roles, strict=True)
        )
    return teams


def _lineage(pipelines: int, teams: list[Any], at: Any) -> None:
    """Jobs with their datasets and runs; ten datasets of each pipeline are assets, in a flow of ten steps."""
    from tests.lineage_estate import plant as plant_lineage

    plant_lineage(pipelines * JOBS_A_PIPELINE, pipelines_of=JOBS_A_PIPELINE, runs_a_job=1, at=at)
    _run(texts.ASSETS, {"teams": [team.pk for team in teams], "pipelines": pipelines})
    _run(texts.CLAIM)
    _run(texts.FLOWS, {"at": at})
    _run(texts.STEPS)
    _run(texts.STALE)


def _systems(world: Any, at: Any) -> None:
    from portal.core.catalog.models import DataSystem

    DataSystem.objects.bulk_create(
        DataSystem(name=f"system-{n:03}", kind="postgresql", owner_team=world.platform, created_at=at)
        for n in range(SYSTEMS)
    )
    _run(texts.PLACEMENTS)


def _contracts(world: Any, at: Any) -> None:
    """One an asset, in force; of one in twelve a proposal, a notice, or a draft with findings stands beside it."""
    from contracts_app.models import Version
    from tests import many_rows

    numbers = iter(range(10**6))
    for team, assets in _by_team():
        ground = many_rows.Ground(team=team, owner=world.ana, signer=world.pia, at=at - timedelta(days=2))
        moving, resting = assets[: len(assets) // 5], assets[len(assets) // 5 :]
        for group, busy in ((moving, True), (resting, False)):
            own = [next(numbers) for _ in group]
            if busy:
                many_rows.contracts(ground, own, group)  # type: ignore[arg-type]  # it only counts them
                continue
            made = _contract_rows(ground, own, group)
            text = many_rows.CONTRACT.read_bytes()
            Version.objects.bulk_create(
                many_rows._version(ground, each, text, state="active", activated_at=ground.at) for each in made
            )


def _contract_rows(ground: Any, numbers: list[int], assets: list[Any]) -> list[Any]:
    from contracts_app.models import Contract

    return Contract.objects.bulk_create(
        Contract(name=f"contract_{n:06d}", asset=asset, owner_team=ground.team, created_at=ground.at)
        for n, asset in zip(numbers, assets, strict=True)
    )


def _by_team() -> Iterator[tuple[Any, list[Any]]]:
    """Each team that owns assets, with them."""
    from portal.core.catalog.models import Asset
    from portal.core.identity.models import Team

    for team in Team.objects.filter(pk__in=Asset.objects.values("owner_team")):
        yield team, list(Asset.objects.filter(owner_team=team).order_by("pk"))


def _slos(at: Any) -> None:
    """One an asset with measurements, an alert and tallies; of a hundred one fires."""
    for text in (texts.SLOS, texts.MEASUREMENTS, texts.TALLIES, texts.ALERTS, texts.INCIDENTS):
        _run(text, {"at": at})


def _on_call(world: Any, teams: list[Any], at: Any) -> None:
    """A rotation and a page a team."""
    from portal.core.identity.models import User
    from tests import many_oncall, many_rows

    ground = many_rows.Ground(team=world.platform, owner=world.ana, signer=world.pia, at=at)
    for number, team in enumerate(teams):
        person = User.objects.get(email=f"p{number}.1@example.org")
        many_oncall._rotation(ground, team, person, number)
        many_oncall._page(ground, team, person, number)


def _gates(jobs: int, at: Any) -> None:
    """Jobs that asked the gate some times; of fifty one was refused the last time."""
    for text in (texts.GATE_RUNS, texts.TOUCHED):
        _run(text, {"at": at, "jobs": jobs, "each": RUNS_A_GATED_JOB})


def _requests(world: Any, count: int, at: Any) -> None:
    """Requests with a plan of some steps: three in five are over, the others at every place on the way."""
    from privacy_app.models import Request

    states = ("completed", "completed", "completed", "completed", "completed", "denied", "propagating", "propagating",
              "awaiting_approval", "identity_pending")  # fmt: skip
    for first in range(0, count, BATCH):
        Request.objects.bulk_create(
            Request(
                req_id=f"DEL-2026-01-{n // 1000 + 1:02}-{n % 1000:04}",
                key_name=uuid.uuid5(uuid.NAMESPACE_OID, f"k{n}").hex,
                state=states[n % 10],
                channel="form",
                secret_hash=salted_hmac("estate", str(n)).hexdigest(),
                received_at=at - timedelta(minutes=n if n % 10 > 5 else n * 20),
                acknowledged_at=at - timedelta(minutes=n - 1),
                assignee=world.pia if n % 3 == 0 else None,
            )
            for n in range(first, min(first + BATCH, count))
        )
    _run(texts.PLANS, {"planner": world.petra.pk, "at": at})
    _run(texts.REQUEST_STEPS, {"steps": STEPS})


def _ledger(world: Any, count: int, at: Any) -> None:
    from tests import many_rows

    many_rows.ledger(many_rows.Ground(team=world.platform, owner=world.ana, signer=world.pia, at=at), range(count))


def _words() -> str:
    from lineage_app.models import Job
    from portal.core.catalog.models import Asset
    from privacy_app.models import Request
    from slo_app.models import Slo

    counts = ((Asset, "assets"), (Job, "jobs"), (Slo, "SLOs"), (Request, "requests"))
    return ", ".join(f"{model._default_manager.count():,} {name}" for model, name in counts)


def _run(text: str, values: dict[str, Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values or {})
