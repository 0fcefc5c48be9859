"""Many rows of every kind at once, for what is measured: query counts of the pages and the time that they take.

Rows are written in bulk, as the services would leave them. `plant(Ground(…), range(0, 3))` makes rows number 0 to 2
of each kind; a later range adds to them.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from contracts_app.domain.document import load
from contracts_app.models import Answer, Contract, SignatureLink, Version, Waiver
from lineage_app.models import (
    ColumnEdge,
    Dataset,
    Edge,
    Expectation,
    Inbox,
    Job,
    LineageArchive,
    LineageHorizon,
    Merge,
    OutsideNamespace,
    Producer,
    RedactionRecord,
    RefusedEvent,
    RewriteRule,
    Run,
    RunFinding,
    RunIO,
    Tally,
)
from portal.core.catalog.models import Asset, AssetAlias, DataSystem, Flow, FlowStep, Placement
from portal.core.evidence.models import Entry, Pending
from portal.core.evidence.services import sequence_all
from portal.core.identity.models import Membership, ServiceToken, Team, User
from portal.core.signing.models import Signature
from portal.gates.models import GateFinding, GateRun, Touched
from portal.pages.scoreboard.figures import share
from portal.pages.scoreboard.models import BoardPack, Day, DummyRun, SignOff
from portal.pages.scoreboard.registry import targets
from privacy_app.models import HeldSubject, Hold, Identifier, KeptStep, Plan, Request, Step
from slo_app.models import Alert, Drill, Incident, Measurement, Silence, Slo, TimelineEntry
from tests.many_oncall import oncall
from tests.many_raci import raci

CONTRACT = Path(__file__).parent / "contracts_app" / "data" / "customer_events_v1.yaml"
MINUTE = timedelta(minutes=1)
RUNS_EACH = 3
MEASUREMENTS_EACH = 30


@dataclass(frozen=True)
class Ground:
    """Whose rows they are, and when: the owner's team has a member `owner`; `signer` may sign for privacy."""

    team: Team
    owner: User
    signer: User
    at: datetime


def plant(ground: Ground, numbers: range) -> None:
    """Add the rows of these numbers to every app; the graph is a star round dataset 0."""
    people(ground, numbers)
    assets = catalog(ground, numbers)
    contracts(ground, numbers, assets)
    slos(ground, numbers, assets)
    silences(ground, numbers)
    drills(ground, numbers)
    lineage(ground, numbers, assets)
    gates(ground, numbers, assets)
    privacy(ground, numbers)
    ledger(ground, numbers)
    scoreboard(ground, numbers)
    oncall(ground, numbers)
    raci(ground, numbers)


def people(ground: Ground, numbers: range) -> None:
    """A person with a role in the team, a team of its own, and a service token, each."""
    made = User.objects.bulk_create(User(email=f"person{n}@example.org", name=f"Person {n}") for n in numbers)
    Membership.objects.bulk_create(Membership(user=user, role="contributor", team=ground.team) for user in made)
    Membership.objects.bulk_create(Membership(user=user, role="auditor", team=None) for user in made)
    Team.objects.bulk_create(Team(slug=f"team-{n}", name=f"Team {n}") for n in numbers)
    ServiceToken.objects.bulk_create(
        ServiceToken(
            name=f"token {n}",
            prefix=f"cst_{n}",
            hash=_hash(f"token {n}"),
            scopes=["lineage:write"],
            created_at=ground.at,
            expires_at=ground.at + timedelta(days=30),
        )
        for n in numbers
    )


def catalog(ground: Ground, numbers: range) -> list[Asset]:
    """An asset with an alias and a placement, a system, and a flow through asset 0, each."""
    assets = Asset.objects.bulk_create(
        Asset(namespace="rows", name=f"asset_{n:06d}", kind="table", tier=3, owner_team=ground.team) for n in numbers
    )
    AssetAlias.objects.bulk_create(AssetAlias(text=f"alias {asset.name}", asset=asset) for asset in assets)
    systems = DataSystem.objects.bulk_create(
        DataSystem(name=f"system_{n}", kind="postgresql", owner_team=ground.team, created_at=ground.at) for n in numbers
    )
    first, centre = DataSystem.objects.get(name="system_0"), Asset.objects.get(name="asset_000000")
    Placement.objects.bulk_create(Placement(asset=a, system=first, object_name=f"public.{a.name}") for a in assets)
    Placement.objects.bulk_create(Placement(asset=centre, system=s, object_name=f"x.{s.name}") for s in systems)
    flows = Flow.objects.bulk_create(Flow(name=f"flow {n}", owner_team=ground.team) for n in numbers)
    FlowStep.objects.bulk_create(
        FlowStep(flow=flow, position=place, asset=asset)
        for flow, asset in zip(flows, assets, strict=True)
        for place, asset in enumerate((centre, asset))
    )
    return list(assets)


def contracts(ground: Ground, numbers: range, assets: list[Asset]) -> None:
    """A contract each, with a version in force; of five, one has a proposal, one a draft with findings, and one
    a version in its notice as well."""
    made = Contract.objects.bulk_create(
        Contract(name=f"contract_{n:06d}", asset=asset, owner_team=ground.team, created_at=ground.at)
        for n, asset in zip(numbers, assets, strict=True)
    )
    for contract in made:
        contract.consumer_teams.add(ground.team)
    text = CONTRACT.read_bytes()
    report = {"notice_days": 14, "consumers": [{"team": ground.team.slug, "purpose": "rows"}]}
    active = [_version(ground, contract, text, state="active", activated_at=ground.at) for contract in made]
    proposed = [
        _version(ground, contract, text, state="proposed", number="9.9.9", proposed_by=ground.owner,
                 proposed_at=ground.at, roles=["producer", "privacy officer"], report=report)
        for contract in made[::5]
    ]  # fmt: skip
    scheduled = [
        _version(ground, contract, text, state="scheduled", number="9.9.9", proposed_by=ground.owner,
                 proposed_at=ground.at, roles=["producer"], report=report, signed_at=ground.at,
                 notice_ends_at=ground.at + timedelta(days=3))
        for contract in made[2::5]
    ]  # fmt: skip
    drafts = [_version(ground, contract, b"name: x\n", state="draft", number="") for contract in made[1::5]]
    Version.objects.bulk_create([*active, *proposed, *scheduled, *drafts])
    _sign(ground, [*active, *proposed, *scheduled])
    Answer.objects.bulk_create(
        Answer(version=version, consumer=ground.team.slug, team=ground.team, said="accepted", user=ground.owner,
               at=ground.at) for version in scheduled
    )  # fmt: skip


def _version(ground: Ground, contract: Contract, text: bytes, **fields: Any) -> Version:
    given = {"number": "1.0.0", "digest": _digest(text), "data": None} | fields
    return Version(
        contract=contract,
        authored=text,
        created_by=ground.owner,
        created_at=ground.at,
        edited_by=ground.owner,
        edited_at=ground.at,
        **given,
    )


def _sign(ground: Ground, versions: list[Version]) -> None:
    signatures = Signature.objects.bulk_create(
        Signature(
            user=ground.owner,
            purpose="contract",
            ref=version.ref,
            digest=version.digest,
            version=version.number,
            role="producer",
            method="password_totp",
            statement=b"{}",
            server_signature=b"",
            key_id="rows",
            signed_at=ground.at,
        )
        for version in versions
    )
    SignatureLink.objects.bulk_create(
        SignatureLink(version=version, role="producer", user=ground.owner, signature=signature)
        for version, signature in zip(versions, signatures, strict=True)
    )


def slos(ground: Ground, numbers: range, assets: list[Asset]) -> None:
    """An SLO each with its measurements; of ten, one fires. Asset 0 has as many SLOs as there are numbers."""
    centre = Asset.objects.get(name="asset_000000")
    made = Slo.objects.bulk_create(
        [_slo(ground, asset, "freshness") for asset in assets] + [_slo(ground, centre, f"kind_{n}") for n in numbers]
    )
    alerts = Alert.objects.bulk_create(
        Alert(
            slo=slo,
            dedup_key=_hash(str(slo.pk)),
            phase="firing" if n % 10 == 0 else "ok",
            watched_since=ground.at,
        )
        for n, slo in enumerate(made)
    )
    Incident.objects.bulk_create(
        Incident(alert=alert, slo=alert.slo, kind="breach", severity="page", fired_at=ground.at)
        for alert in alerts
        if alert.phase == "firing"
    )
    first = Incident.objects.order_by("pk").first()
    TimelineEntry.objects.bulk_create(
        TimelineEntry(incident=first, at=ground.at, what="note", text=f"note {n}", person=ground.owner) for n in numbers
    )
    Measurement.objects.bulk_create(
        (
            Measurement(slo=slo, at=ground.at - n * MINUTE, result="ok", alerting=False, value=n, cost_ms=1, digest="")
            for slo in made
            for n in range(MEASUREMENTS_EACH)
        ),
        batch_size=5000,
    )


def silences(ground: Ground, numbers: range) -> None:
    """A silence each, in force, of one indicator's alerts."""
    end = ground.at + 60 * MINUTE
    Silence.objects.bulk_create(
        Silence(
            team=ground.team, matchers={"kind": f"kind_{n}"}, starts_at=ground.at, ends_at=end, reason="planned work",
            author=ground.owner, created_at=ground.at,
        )
        for n in numbers
    )  # fmt: skip


def drills(ground: Ground, numbers: range) -> None:
    """A fire drill each, long over."""
    over = {"delivered_at": ground.at, "ended_at": ground.at, "acknowledged_by": ground.owner}
    Drill.objects.bulk_create(
        Drill(team=ground.team, started_at=ground.at, started_by=ground.owner, key=uuid.uuid4(), **over)
        for _ in numbers
    )


def _slo(ground: Ground, asset: Asset, kind: str) -> Slo:
    return Slo(
        asset=asset, kind=kind, target_op="<=", target_value=15, alert_op=">", alert_value=20, element="event_ts",
        hold=5 * MINUTE, clear_for=5 * MINUTE, interval=MINUTE, objective=Decimal("0.99"), owner_team=ground.team,
        runbook=[{"phase": "Fix", "text": "Rerun."}], created_at=ground.at, next_due_at=ground.at,
    )  # fmt: skip


def lineage(ground: Ground, numbers: range, assets: list[Asset]) -> None:
    """A job each that reads dataset 0 and writes its own, with runs, columns, and an event that failed."""
    jobs = Job.objects.bulk_create(Job(key=_hash(f"job {n}"), namespace="rows", name=f"job_{n:06d}") for n in numbers)
    own = Dataset.objects.bulk_create(
        Dataset(key=_hash(f"dataset {n}"), namespace="rows", name=f"dataset_{n:06d}", asset=asset if n % 2 else None)
        for n, asset in zip(numbers, assets, strict=True)
    )
    centre = Dataset.objects.get(name="dataset_000000")
    runs = Run.objects.bulk_create(
        Run(
            subject=uuid.uuid4(),
            job=job,
            run_id=str(uuid.uuid4()),
            status="COMPLETE",
            first_at=ground.at,
            last_at=ground.at,
        )
        for job in jobs
        for _ in range(RUNS_EACH)
    )
    output_of = {job.pk: dataset for job, dataset in zip(jobs, own, strict=True)}
    RunIO.objects.bulk_create(RunIO(run=run, dataset=centre, role="input") for run in runs)
    RunIO.objects.bulk_create(RunIO(run=run, dataset=output_of[run.job_id], role="output") for run in runs)
    ends = [(job, centre, dataset) for job, dataset in zip(jobs, own, strict=True) if dataset != centre]
    Edge.objects.bulk_create(
        Edge(src=src, dst=dst, job=job, state="seen", first_seen=ground.at, last_seen=ground.at, first_known=ground.at)
        for job, src, dst in ends
    )
    findings = RunFinding.objects.bulk_create(
        RunFinding(job=job, kind="failing", since=ground.at, opened_at=ground.at, count=3) for job in jobs
    )
    owned = RunFinding.teams.through
    owned.objects.bulk_create(owned(runfinding=finding, team=ground.team) for finding in findings)
    Expectation.objects.bulk_create(
        Expectation(job=job, every=600 * MINUTE, declared_at=ground.at, next_check_at=ground.at) for job in jobs
    )
    ColumnEdge.objects.bulk_create(
        ColumnEdge(src=src, src_field="id", dst=dst, dst_field="id", job=job, type="DIRECT", subtype="IDENTITY",
                   first_seen=ground.at, last_seen=ground.at)
        for job, src, dst in ends
    )  # fmt: skip
    Inbox.objects.bulk_create(
        Inbox(raw_id=-1 - n, subject=uuid.uuid4(), failed_at=ground.at, error="It could not be read.") for n in numbers
    )
    names(ground, numbers)
    producers(ground, numbers)
    archives(ground, numbers)


def archives(ground: Ground, numbers: range) -> None:
    """An archived month, a move of the horizon and an erasure each."""
    LineageArchive.objects.bulk_create(
        LineageArchive(month=date(1900 + n // 12, n % 12 + 1, 1), digest=f"sha256:{n:064x}", events=7, subjects=3,
                       size=999, first_at=ground.at, last_at=ground.at, written_at=ground.at)
        for n in numbers
    )  # fmt: skip
    LineageHorizon.objects.bulk_create(
        LineageHorizon(before=datetime(1900, 1, 1, tzinfo=UTC), moved_at=ground.at, archives=1, events=7)
        for _ in numbers
    )
    RedactionRecord.objects.bulk_create(
        RedactionRecord(original=bytes(32), redacted=bytes(32), at=ground.at, reference=f"DEL-{n}") for n in numbers
    )


def producers(ground: Ground, numbers: range) -> None:
    """What came with each token: counts, a namespace outside, and an event that was refused."""
    tokens = list(ServiceToken.objects.filter(name__in=[f"token {n}" for n in numbers]))
    first = ServiceToken.objects.get(name="token 0")
    made = Producer.objects.bulk_create(
        Producer(token=token, uri="https://rows.example", first_at=ground.at, last_at=ground.at) for token in tokens
    )
    Tally.objects.bulk_create(
        Tally(producer=one, since=ground.at, what=what, detail=detail, count=7)
        for one in made
        for what, detail in (("kept", ""), ("lenient", ""), ("lenient", "no time zone"), ("refused", "json"))
    )
    OutsideNamespace.objects.bulk_create(
        OutsideNamespace(
            token=first,
            namespace=f"n{n}",
            first_at=ground.at,
            last_at=ground.at,
            events=1,
        )
        for n in numbers
    )
    RefusedEvent.objects.bulk_create(
        RefusedEvent(token=first, received_at=ground.at, status=400, reason="json",
                     sentence="The body is not JSON.", body=b"{", size=1)
        for _ in numbers
    )  # fmt: skip


def names(ground: Ground, numbers: range) -> None:
    """A rewrite rule and a merge each, in force and taken back in turn."""
    RewriteRule.objects.bulk_create(
        RewriteRule(pattern=f"old-{n}", replacement="rows", scope="both", position=n + 1, key=uuid.uuid4(),
                    created_at=ground.at, created_by=ground.owner, removed_at=ground.at if n % 2 else None,
                    removed_by=ground.owner if n % 2 else None)
        for n in numbers
    )  # fmt: skip
    Merge.objects.bulk_create(
        Merge(namespace="rows", name=f"one_{n}", other_namespace="rows", other_name=f"other_{n}", reason="one table",
              key=uuid.uuid4(), said_at=ground.at, said_by=ground.owner, undone_at=ground.at if n % 2 else None,
              undone_by=ground.owner if n % 2 else None)
        for n in numbers
    )  # fmt: skip


def gates(ground: Ground, numbers: range, assets: list[Asset]) -> None:
    """A run of the gate each that writes its asset and asset 0; of two, one failed and has a waiver of its finding.

    Run 0 has as many findings as there are numbers.
    """
    runs = GateRun.objects.bulk_create(
        GateRun(key=uuid.uuid4(), namespace="rows", name=f"job_{n:06d}", verdict="fail" if n % 2 else "pass",
                gates=[{"key": "contract", "title": "No contract, no prod", "state": "fail"}],
                at=ground.at + n * MINUTE, told_at=ground.at)
        for n in numbers
    )  # fmt: skip
    centre = Asset.objects.get(name="asset_000000")
    Touched.objects.bulk_create(
        Touched(run=run, role="writes", asset=asset, label=asset.name)
        for run, own in zip(runs, assets, strict=True)
        for asset in {own, centre}
    )
    waivers = Waiver.objects.bulk_create(
        Waiver(rule="contract.none", path=asset.key, asset=asset, reason="It is being written.", key=uuid.uuid4(),
               expires_at=ground.at + 600 * MINUTE, asked_by=ground.owner, asked_at=ground.at)
        for asset in assets
    )  # fmt: skip
    _sign_waivers(ground, waivers)
    first = GateRun.objects.order_by("pk").first()
    GateFinding.objects.bulk_create(
        GateFinding(run=run, gate="contract", rule="contract.none", state="waived", message="No contract.",
                    path=waiver.path, waiver=waiver)
        for waiver, own in zip(waivers, runs, strict=True)
        for run in {own, first}
    )  # fmt: skip


def _sign_waivers(ground: Ground, waivers: list[Waiver]) -> None:
    signatures = Signature.objects.bulk_create(
        Signature(user=ground.owner, purpose="waiver", ref=waiver.ref, digest=_hash(waiver.ref), version="1",
                  role="head_of_data", method="password_totp", statement=b"{}", server_signature=b"", key_id="rows",
                  signed_at=ground.at)
        for waiver in waivers[::2]
    )  # fmt: skip
    for waiver, signature in zip(waivers[::2], signatures, strict=True):
        waiver.signature, waiver.signer, waiver.signed_at = signature, ground.owner, ground.at
        waiver.save()


def scoreboard(ground: Ground, numbers: range) -> None:
    """A counted and closed day each with every target, a dummy's request and a board pack."""
    days = [ground.at.date() - timedelta(days=n) for n in numbers]
    missing = {each.key: [["row", "It is missing.", "/", "Mend it"]] * 100 for each in targets()}
    figures = {each.key: share(19, 20, goal=95, missing=1).numbers() for each in targets()}
    Day.objects.bulk_create(Day(day=day, counted_at=ground.at, figures=figures, missing=missing) for day in days)
    entry = Entry.objects.order_by("pk").first()
    said = {"user": ground.owner, "at": ground.at, "entry": entry}
    SignOff.objects.bulk_create(SignOff(day=day, key=uuid.uuid4(), **said) for day in days)
    named = {"named_by": ground.signer, "named_at": ground.at, "entry": entry}
    DummyRun.objects.bulk_create(DummyRun(req_id=f"DEL-2026-01-01-{n:05d}", **named) for n in numbers)
    asked = {"asked_by": ground.signer, "asked_at": ground.at, "entry": entry, "pdf_digest": f"sha256:{_hash('pdf')}"}
    BoardPack.objects.bulk_create(BoardPack(key=uuid.uuid4(), since=day, until=day, **asked) for day in days)


def privacy(ground: Ground, numbers: range) -> None:
    """A deletion request each with a plan of two steps; of two, one waits for its approval and one is at work.

    Request 0 has as many steps more as there are numbers.
    """
    requests = Request.objects.bulk_create(
        Request(
            req_id=f"DEL-2026-01-01-{n:05d}",
            key_name=_hash(f"key {n}")[:32],
            state="awaiting_approval" if n % 2 else "propagating",
            channel="form",
            secret_hash=_hash(f"secret {n}"),
            received_at=ground.at - n * MINUTE,
        )
        for n in numbers
    )
    Identifier.objects.bulk_create(
        Identifier(request=each, kind="email", lookup=_hash(each.req_id), standing="proved") for each in requests
    )
    plans = Plan.objects.bulk_create(
        Plan(request=each, number=1, planner=ground.owner, made_at=ground.at, state="submitted") for each in requests
    )
    first = Plan.objects.order_by("pk").first()
    Step.objects.bulk_create(_step(plan, position) for plan in plans for position in (1, 2))
    Step.objects.bulk_create(_step(first, 100 + n) for n in numbers)
    _holds(ground, numbers)


def _holds(ground: Ground, numbers: range) -> None:
    """A hold each, of two one that has ended; each has kept a step of the newest requests."""
    holds = Hold.objects.bulk_create(
        Hold(
            kind="exemption",
            basis="gdpr_17_3_b",
            reason="tax",
            placed_by=ground.owner,
            placed_at=ground.at,
            ends_on=ground.at.date() + timedelta(days=9 if n % 2 else -9),
            key=uuid.uuid5(uuid.NAMESPACE_OID, f"hold {n}"),
        )
        for n in numbers
    )
    HeldSubject.objects.bulk_create(HeldSubject(hold=each, kind="email", lookup=_hash(str(each.pk))) for each in holds)
    steps = list(Step.objects.order_by("-pk")[: len(holds)])
    kept = zip(steps, holds, strict=True)
    KeptStep.objects.bulk_create(KeptStep(step=s, hold=h, sentence="kept", noted_at=ground.at) for s, h in kept)


def _step(plan: Plan, position: int) -> Step:
    return Step(
        request=plan.request,
        plan=plan,
        position=position,
        place=1,
        origin="registered",
        system_name="shop",
        kind="postgresql",
        dataset=f"d{position}",
        state="waiting",
    )


def ledger(ground: Ground, numbers: range) -> None:
    """An entry each, numbered, and a checkpoint over all of them."""
    entries = Entry.objects.bulk_create(
        Entry(
            kind="catalog:flow:declared",
            payload={"flow": f"flow {n}", "steps": 2},
            actor_id=f"user:{n}",
            actor_role="owner",
            team_id=ground.team.pk,
            created_at=ground.at,
        )
        for n in numbers
    )
    Pending.objects.bulk_create(Pending(entry=entry) for entry in entries)
    sequence_all()


@cache
def _digest(text: bytes) -> str:
    return load(text).digest or ""


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
