"""A thousand approved deletion requests in one batch, by several workers at once: no step lost, none done twice.

Each request has a step in two tables of a real PostgreSQL (without file access, so that deleting and not scanning is
measured). Checked at the end: every subject is gone and every other person is there, each step was done once, by one
attempt, with one entry in the ledger. `REQUESTS=50` shortens it, `WORKERS` says how many processes share the work.
"""

import os
import subprocess
import sys
import time
from typing import Any

from benchmarks.own_servers import installed_portal
from benchmarks.report import report

LIMIT_STEPS_A_SECOND = 2.0
TABLES = ("orders", "tickets")
OTHERS = 1000
WORKER = (
    "import django, time; django.setup()\n"
    "from privacy_app.models import Step\n"
    "from privacy_app.services import propagation\n"
    "while Step.objects.exclude(state__in=('done', 'gave_up')).exists():\n"
    "    propagation.run_due() or time.sleep(0.2)\n"
)


def main() -> int:
    """Print one line; exit 1 when a step is lost or doubled, or the pace is past its limit."""
    requests = int(os.environ.get("REQUESTS", "1000"))
    workers = int(os.environ.get("WORKERS", "2"))
    with installed_portal():
        systems = plant(requests)
        approve(requests, systems)
        began = time.perf_counter()
        run(workers)
        seconds = time.perf_counter() - began
        wrong = check(requests)
    for sentence in wrong:
        print(f"  {sentence}")
    steps = requests * len(TABLES)
    slow = report(
        "deletion: a batch of requests",
        seconds / steps,
        limit=1 / LIMIT_STEPS_A_SECOND,
        unit="s a step",
        against="the design: 1,000 requests without a lost or doubled step",
        detail=f"{requests:,} requests, {steps:,} steps, {workers} workers, {seconds:.0f} s; "
        f"{'lost or doubled: see above' if wrong else 'none lost, none doubled'}",
    )
    return 1 if wrong else slow


def email(number: int) -> str:
    """The address of one person."""
    return f"person.{number:06}@example.com"


def database() -> Any:
    """A session with the portal's own server, whose second database plays the shop."""
    import psycopg
    from django.conf import settings

    url = settings.DATABASES["default"]
    parts = {"host": url["HOST"], "port": url["PORT"], "user": url["USER"], "password": url["PASSWORD"]}
    return psycopg.connect(dbname="postgres", autocommit=True, **parts)


def plant(requests: int) -> list[tuple[Any, str]]:
    """Two tables with every subject and others who must stay, registered as one system; gives (system, table)."""
    from django.conf import settings

    from portal.core.catalog import services as catalog
    from portal.core.identity.actors import system_actor

    url = settings.DATABASES["default"]
    os.environ["CUSTODY_SECRET_BATCH"] = (
        f"postgresql://{url['USER']}:{url['PASSWORD']}@{url['HOST']}:{url['PORT']}/postgres"
    )
    with database() as session:
        for table in TABLES:
            session.execute(f"CREATE TABLE {table} (id bigserial PRIMARY KEY, email text, note text)")
            people = [(email(number), "x" * 200) for number in range(requests + OTHERS)]
            session.cursor().executemany(f"INSERT INTO {table} (email, note) VALUES (%s, %s)", people)
            session.execute(f"CREATE INDEX ON {table} (email)")
    days = {"wal_expiry_days": 7, "log_expiry_days": 14}
    reference = "env:CUSTODY_SECRET_BATCH"
    system = catalog.register_system(
        actor=system_actor("benchmark"),
        name="shop",
        kind="postgresql",
        settings=days,
        probe_secret=reference,
        erase_secret=reference,
    )
    return [(system, table) for table in TABLES]


def approve(requests: int, systems: list[tuple[Any, str]]) -> None:
    """Requests as they are right after their approval; intake, planning and signing are measured elsewhere."""
    from portal.core.clock.services import now
    from portal.core.identity.models import User
    from privacy_app import keystore, sealing
    from privacy_app.models import Plan, Request

    planner = User.objects.create_user(email="planner@example.com", password=None)
    for number in range(requests):
        key = f"batch{number}"
        keystore.make_keys(key)
        request = Request.objects.create(
            req_id=f"DEL-2026-11-23-{number:05}", key_name=key, received_at=now(), law="gdpr", state="propagating"
        )
        sealed = sealing.seal(key, email(number))
        request.resolved.create(kind="email", sealed=sealed, token=f"t{number}", source="benchmark", confidence=100)
        plan = request.plans.create(number=1, planner=planner, made_at=now(), state=Plan.State.APPROVED)
        for position, (system, table) in enumerate(systems, start=1):
            plan.steps.create(
                request=request,
                position=position,
                place=1,
                origin="registered",
                system=system,
                system_name=system.name,
                kind=system.kind,
                dataset=table,
                object_name=f"public.{table}",
                target_settings={"identifiers": {"email": "email"}, "surrogate": "id"},
            )


def run(workers: int) -> None:
    """Let the workers, processes of their own, do everything that is due."""
    command = [sys.executable, "-c", WORKER]
    processes = [subprocess.Popen(command, stderr=subprocess.DEVNULL) for _ in range(workers)]
    for each in processes:
        each.wait()


def check(requests: int) -> list[str]:
    """What is wrong, one sentence each."""
    from django.db.models import Count

    from portal.core.evidence.models import Entry
    from privacy_app.models import Step
    from privacy_app.services import checking

    wrong = []
    with database() as session:
        for table in TABLES:
            (left,) = session.execute(f"SELECT count(*) FROM {table}").fetchone()
            (gone,) = session.execute(f"SELECT count(*) FROM {table} WHERE email < %s", (email(requests),)).fetchone()
            if (left, gone) != (OTHERS, 0):
                wrong.append(f"{table}: {gone} subjects are left, and {left - gone} of {OTHERS} others")
    done = Step.objects.filter(state="done").annotate(number=Count("tries"))
    if done.count() != requests * len(TABLES):
        wrong.append(f"{done.count()} of {requests * len(TABLES)} steps are done")
    if again := done.exclude(number=1).count():
        wrong.append(f"{again} steps took more than one attempt")
    entries = Entry.objects.filter(kind="privacy:step:done").count()
    if entries != requests * len(TABLES):
        wrong.append(f"{entries} entries in the ledger for {requests * len(TABLES)} steps")
    if len(checking.to_settle()) != requests:
        wrong.append(f"{len(checking.to_settle())} of {requests} requests are ready to be verified")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
