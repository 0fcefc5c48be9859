"""Asks the gate for each pipeline of the demo, by the command that any CI runs: once, when the demo first starts."""

import json
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

from django.conf import settings

from lineage_app.services import project_all
from portal.demo.pipelines.telling import IMAGE, commit

JOBS = ("ingest_events", "land_clickstream", "build_features", "embed_customers", "train_churn", "publish_forecast")
ASKED = "asked.json"
PATIENCE_S = 60


def ask_all() -> dict[str, int]:
    """The exit code by job, of those that had not asked before."""
    project_all()  # else the gate would say, rightly, that events still wait
    return {job: _ask(folder) for job in JOBS if not (folder := checkout(job)).joinpath(ASKED).exists()}


def checkout(job: str) -> Path:
    """The pipeline's folder as its CI would have it: custody.yaml and the demo's contracts beside it."""
    folder = Path(settings.VAR_DIR) / "estate" / "pipelines" / job
    (folder / "contracts").mkdir(parents=True, exist_ok=True)
    build = files("portal.demo.build")
    (folder / "custody.yaml").write_bytes(build.joinpath("pipelines", f"{job}.yaml").read_bytes())
    for document in build.joinpath("documents").iterdir():
        (folder / "contracts" / document.name).write_bytes(document.read_bytes())
    return folder


def _ask(folder: Path) -> int:
    kept = json.loads((Path(settings.VAR_DIR) / "demo.json").read_text())
    env = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(settings.BASE_DIR),
        "CUSTODY_URL": kept["base_url"],
        "CUSTODY_TOKEN": kept["tokens"]["gate:read"],
        "GIT_COMMIT": commit(),
        "GIT_BRANCH": settings.MAIN_BRANCH,
        "IMAGE_TAG": IMAGE,
    }
    done = subprocess.run(
        [sys.executable, "-m", "portal.cli", "gate", "--format", "json"],
        cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=PATIENCE_S,
    )  # fmt: skip
    if done.stdout:
        (folder / ASKED).write_text(done.stdout)
    return done.returncode
