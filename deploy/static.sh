#!/usr/bin/env bash
# Everything that can be said about the code without running a test.
set -euo pipefail
cd "$(dirname "$0")/.."
export CUSTODY_DEMO=
step() { printf 'static: %s\n' "$*"; }
step "merges"; ! grep -rnIE '^(<{7}|>{7}) ' --exclude-dir={.git,.venv,node_modules,var,built} . || { echo "a merge was left unfinished"; exit 1; }
step "format and lint"; .venv/bin/ruff format --check --quiet . && .venv/bin/ruff check --quiet .
step "types"; .venv/bin/mypy
step "floors"; .venv/bin/lint-imports >var/setup/floors.log || { cat var/setup/floors.log; exit 1; }
step "migrations"; .venv/bin/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run -v1
step "deploy check"; BASE_URL=https://custody.example .venv/bin/python -W error manage.py check --deploy --fail-level WARNING
step "templates"; .venv/bin/djlint --quiet --lint templates
