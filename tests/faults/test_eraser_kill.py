"""kill -9 at every phase of every kind of system: the request completes with the proof of an undisturbed run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from portal.core.clock import services as clock
from portal.core.evidence.domain.canonical import canonical_bytes
from portal.core.evidence.models import Entry
from portal.core.evidence.selectors import read_artifact
from privacy_app import tasks
from privacy_app.domain.artifact import without_run
from privacy_app.domain.request import State
from privacy_app.domain.steps import LEASE, StepState
from privacy_app.services import checking
from tests.conformance.kinds import delta, encrypted_backup, parquet, pgvector, postgresql, sqlite, valkey
from tests.faults import dying
from tests.privacy_app import estate as estates
from tests.privacy_app.driving import Driver, fresh
from tests.privacy_app.test_proof_replay import run_again

KINDS = {
    "delta": (delta.ESTATE, "table"),
    "encrypted_backup": (encrypted_backup.ESTATE, "table"),
    "parquet": (parquet.ESTATE, "file_set"),
    "pgvector": (pgvector.ESTATE, "vector_index"),
    "postgresql": (postgresql.ESTATE, "table"),
    "sqlite": (sqlite.ESTATE, "table"),
    "valkey": (valkey.ESTATE, "feature_view"),
}
MOMENTS = ("looking", "deleting", "after delete", "purging", "after purge", "verifying", "judged")


class Mortal:
    """The process of `dying_eraser`."""

    def __init__(self, var: Path) -> None:
        command = [sys.executable, "-m", "tests.faults.dying_eraser", connection.settings_dict["NAME"], str(var)]
        env = os.environ | dying.ENVIRONMENT
        self.process = subprocess.Popen(
            command, cwd=dying.ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def dies(self, kind: str, moment: str) -> bool:
        """Let a worker run what is due; whether it was killed on the way."""
        self.process.stdin.write(json.dumps({"kind": kind, "moment": moment}) + "\n")
        self.process.stdin.flush()
        told = json.loads(self.process.stdout.readline())
        assert told["died"] or told["code"] == 0, told
        dying.wait_for_its_session()
        return told["died"]


@pytest.fixture(params=sorted(KINDS))
def planted(request, world, postgres_server, valkey_server, tmp_path, settings, monkeypatch):
    """A database that knows who is who, and one system of the kind beside it (two tables for postgresql)."""
    settings.VAR_DIR = tmp_path / "var"

    class TwoSystems(estates.FourSystems):
        kinds = {"oltp": estates.KINDS["oltp"], "other": KINDS[request.param]}

    made = TwoSystems(postgres_server.plan, tmp_path)
    made.plant()
    made.register(settings, monkeypatch)
    made.kind = request.param
    yield made
    made.close()


@pytest.mark.django_db(transaction=True)
def test_a_step_of_each_kind_survives_its_worker_killed_at_every_phase(planted, world, settings):
    others = planted.controls()
    drive = Driver(world, planted)
    request = drive.approved()
    mortal = Mortal(settings.VAR_DIR)
    deaths = 0
    for moment in MOMENTS:
        assert mortal.dies(planted.kind, moment), moment
        deaths += 1
        clock.move(clock.offset() + LEASE)
    assert not mortal.dies(planted.kind, "")
    mortal.process.communicate(timeout=30)
    request = drive.work(request)
    assert request.state == State.COMPLETED, [(step.system_name, step.error) for step in request.steps.all()]
    assert planted.controls() == others
    step = request.steps.filter(kind=planted.kind).order_by("position").first()
    assert [each.outcome for each in step.tries.all()].count("lost") == deaths
    done = Entry.objects.filter(kind="privacy:step:done", payload__request=request.req_id)
    assert done.count() == request.steps.count()
    killed = json.loads(read_artifact(request.artifact_digest))
    undisturbed = run_again(fresh(request), checking.current_steps(fresh(request)))
    assert canonical_bytes(without_run(killed)) == canonical_bytes(without_run(undisturbed))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("planted", ["valkey"], indirect=True)
def test_a_system_that_is_down_for_an_hour_blocks_no_other_and_the_request_completes_when_it_is_back(
    planted, world, monkeypatch
):
    drive = Driver(world, planted)
    request = drive.approved()
    good = planted.estates["other"].config.secret
    monkeypatch.setenv("CUSTODY_SECRET_OTHER", "redis://127.0.0.1:1/0")
    for _ in range(12):
        tasks.propagate()
        clock.move(clock.offset() + timedelta(minutes=5))
    red = request.steps.get(kind="valkey")
    assert red.state == StepState.RETRY
    assert red.tries.filter(outcome="failed").count() >= 6
    assert {each.state for each in request.steps.exclude(pk=red.pk)} == {StepState.DONE}
    tasks.prove()
    assert fresh(request).state == State.PROPAGATING
    monkeypatch.setenv("CUSTODY_SECRET_OTHER", good)
    assert drive.work(request).state == State.COMPLETED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("planted", ["parquet"], indirect=True)
def test_a_worker_whose_database_session_is_ended_loses_nothing_but_time(planted, world, monkeypatch):
    from django.db import OperationalError

    from portal.core.connectors import registry

    drive = Driver(world, planted)
    request = drive.approved()
    connector = type(registry.get("parquet"))
    real = connector.delete

    def cut(*given, **more):
        monkeypatch.setattr(connector, "delete", real)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return real(*given, **more)

    monkeypatch.setattr(connector, "delete", cut)
    with pytest.raises(OperationalError):
        tasks.propagate()
    connection.close()
    clock.move(clock.offset() + LEASE)
    assert drive.work(request).state == State.COMPLETED
    step = request.steps.get(kind="parquet")
    assert [each.outcome for each in step.tries.all()] == ["lost", "done"]
