"""A subject in every kind of system, deleted through the real pages: then every byte of every file is searched.

A whole portal runs under a folder of its own, with its servers, its queue and a worker. The person is looked for in
every file of it, of every system and of the portal's database: when the proof is there, and when the window is over.
"""

import base64
import gzip
import json
import os
import subprocess
import sys
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from portal.embedded.servers import Servers
from tests.conformance.kinds.encrypted_backup import SECRET
from tests.privacy_app.every_byte import looking
from tests.privacy_app.every_byte.searching import Hit, Search

ROOT = Path(__file__).resolve().parents[2]
LIFE = "tests.privacy_app.every_byte.life"
PATHS = "SELECT relname, pg_relation_filepath(oid) FROM pg_class WHERE relname LIKE 'odd%'"


class Portal:
    """A portal with its estate in one folder: servers that run, and phases of its life in processes of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.var = folder, folder / "portal"
        self.var.mkdir(mode=0o755)
        self.files = self.var / "files"
        self.files.mkdir()
        self.servers = Servers(self.var, estate=True)

    def start(self) -> None:
        self.servers.start()
        plan = self.servers.plan
        url, valkey = plan.database_url_of("postgres"), plan.estate_redis_url
        outside = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
        self.environment = {name: value for name, value in os.environ.items() if name not in outside} | {
            "DJANGO_SETTINGS_MODULE": "tests.privacy_app.every_byte.settings",
            "CUSTODY_VAR": str(self.var),
            "CUSTODY_DEMO": "1",
            "CUSTODY_SYSTEM_PATHS": str(self.var),
            "CUSTODY_SECRET_OLTP": url,
            "CUSTODY_SECRET_VECTORS": url,
            "CUSTODY_SECRET_FEATURES": valkey,
            "CUSTODY_SECRET_CLICKS": valkey,
            "CUSTODY_SECRET_BACKUPS": SECRET,
        }
        self.run("manage.py", "migrate", "-v0")

    def run(self, *command: str) -> str:
        """A process of the portal; what it says on stderr is its log, which is searched too."""
        (self.var / "log").mkdir(exist_ok=True)
        with (self.var / "log" / "web.log").open("ab") as log:
            done = subprocess.run(
                [sys.executable, *command],
                cwd=ROOT,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                check=False,
            )
        assert done.returncode == 0, (self.var / "log" / "web.log").read_text()[-6000:]
        return done.stdout.decode()

    def live(self, phase: str) -> dict:
        """One phase of the portal's life; what is given to it lies outside of the searched folder."""
        return json.loads(self.run("-m", LIFE, phase, str(self.folder)).strip().rsplit("\n", 1)[-1])

    @contextmanager
    def worker(self):
        """A worker on the real queue, as the supervisor starts it."""
        command = [sys.executable, "-m", "celery", "-A", "portal.celery:app", "worker", "--concurrency=1"]
        command += ["--loglevel=INFO", "-Ofair", "--without-mingle", "--without-gossip"]
        with (self.var / "log" / "worker.log").open("ab") as log:
            running = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        try:
            yield
        finally:
            running.terminate()
            running.wait(60)

    def hits(self, search: Search) -> set[Hit]:
        """Everything found anywhere in this portal."""
        return looking.hits(search, self.var, self.servers.plan)


@pytest.fixture
def portal(tmp_path):
    portal = Portal(tmp_path)
    try:
        portal.start()
        yield portal
    finally:
        portal.servers.stop()


def values(coded: dict[str, dict[str, str]]) -> dict[str, str | bytes]:
    return {what: each["text"] if "text" in each else base64.b64decode(each["bytes"]) for what, each in coded.items()}


def test_only_what_the_proof_lists_is_left_anywhere_and_after_the_window_nothing_is(portal):
    given = portal.live("prepare")
    (portal.folder / "given.json").write_text(json.dumps(given))
    search = Search(values(given["planted"]))
    before = portal.hits(search)
    systems = {"files/lake/", "files/lakehouse/", "files/offline/", "estate/valkey/", "postgres/data/base/"}
    assert {start for start in systems for each in before if each.path.startswith(start)} == systems
    assert {what for each in before for what in [each.what]} >= {"e-mail", "customer id", "name", "telephone", "device"}
    assert any(each.inside == "opened" for each in before), "the search opens no backup"

    with portal.worker():
        done = portal.live("delete")
    assert done["state"] == "completed"
    statuses = {each["kind"]: each["status"] for each in done["proof"]["systems"]}
    assert {"encrypted_backup", "manual", "delta", "sqlite", "valkey", "pgvector", "postgresql", "parquet"} <= set(
        statuses
    )
    assert (statuses["encrypted_backup"], statuses["manual"]) == ("key_shredded", "attested")
    listed = {each["where"]: each["expires_on"] for system in done["proof"]["systems"] for each in system["residuals"]}
    left = portal.hits(search)
    own = looking.mailbox_apart(left, portal.servers.plan)
    assert looking.places(own) <= {where for where, expires in listed.items() if expires}, sorted(left)

    (portal.folder / "given.json").write_text(json.dumps(given | {"req_id": done["req_id"]}))
    assert portal.live("later") == {"shredded": True, "rewritten": True}
    looking.rotate(portal.var, portal.servers.plan)
    assert sorted(portal.hits(search)) == []
    assert_that_a_leak_is_seen(portal, search, given)


def assert_that_a_leak_is_seen(portal: Portal, search: Search, given: dict) -> None:
    """One leak of each sort, planted where nothing was found a moment ago; each of them has to be seen by itself."""
    email = given["email"].encode()
    odd = portal.var / "odd"
    odd.mkdir()
    (odd / "a.log").write_bytes(b"deleting " + email)
    (odd / "a.log.gz").write_bytes(gzip.compress(b"deleting " + email))
    (odd / "message").write_bytes(base64.b64encode(b'{"to": "' + email + b'"}'))
    (odd / f"{given['email']}.txt").write_bytes(b"x")
    (odd / "a.pdf").write_bytes(b"%PDF-1.7\nstream\n" + zlib.compress(email) + b"\nendstream")
    with zipfile.ZipFile(odd / "a.zip", "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("proof.json", email)
    with psycopg.connect(portal.servers.plan.database_url_of("custody"), autocommit=True) as session:
        session.execute("CREATE TABLE odd (said text)")
        session.execute("CREATE TABLE odd_pieces (said text)")
        session.execute("INSERT INTO odd VALUES (%s)", [given["email"]])
        session.execute("INSERT INTO odd_pieces VALUES (%s)", [f"{given['email']} likes pglz. " * 900])
        files = dict(session.execute(PATHS).fetchall())
        session.execute("DELETE FROM odd")
        session.execute("DELETE FROM odd_pieces")
    redis.Redis.from_url(f"{portal.servers.plan.redis_url}/0").lpush("celery", email)
    seen = {(each.path, each.inside) for each in portal.hits(search) if each.what == "e-mail"}
    assert seen >= {
        ("odd/a.log", ""),
        ("odd/a.log.gz", "/gzip"),
        ("odd/message", ""),
        (f"odd/{given['email']}.txt", "its name"),
        ("odd/a.pdf", "/stream 0"),
        ("odd/a.zip", "/proof.json"),
        (f"postgres/data/{files['odd']}", ""),
        (f"{files['odd_pieces']} (odd_pieces)", "compressed"),
        (f"memory of {portal.servers.plan.valkey_port}/0", ""),
    }
