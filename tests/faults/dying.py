"""Processes that are run to their death by a test, and what they leave behind in the database for a moment."""

import os
import subprocess
import sys
from pathlib import Path

from django.db import connection

from tests.faults.stand import until

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {"DJANGO_SETTINGS_MODULE": "tests.settings"}


def run(module: str, *arguments: object) -> tuple[int, str]:
    """Run a module of this folder on the test's database; its exit code and the end of what it said."""
    command = [sys.executable, "-m", f"tests.faults.{module}", connection.settings_dict["NAME"], *map(str, arguments)]
    env = os.environ | ENVIRONMENT
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr[-2000:]


def wait_for_its_session() -> None:
    """Until no session but this test's is open: a killed process keeps its locks until PostgreSQL misses it."""
    until(_alone, 30, "the end of the sessions of killed processes")


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return bool(cursor.fetchone()[0] == 0)
