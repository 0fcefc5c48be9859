"""The commands start without a framework: what a pipeline's machine loads is small."""

import subprocess
import sys

HEAVY = ("django", "celery", "sqlglot", "duckdb", "rest_framework", "psycopg", "redis")


def test_lint_and_diff_load_no_framework_and_no_sql_library():
    script = f"""
import sys
from portal.cli.commands import diff, gate, lint, pull, push
found = [name for name in {HEAVY!r} if name in sys.modules]
sys.exit(f"loaded: {{found}}" if found else 0)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
