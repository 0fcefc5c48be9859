"""The files for CI: read by a real parser, and their commands run in a real git repository by a real shell."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = (ROOT / "tests/contracts_app/data/customer_events_v1.yaml").read_text()
MANIFEST = """\
job: {namespace: demo, name: ingest_events}
writes: [{contract: customer_events_v1, version: 1.2.0, file: contracts/customer_events_v1.yaml}]
"""
GITHUB = yaml.safe_load((ROOT / "deploy/ci/github-gate.yml").read_text())
GITLAB = yaml.safe_load((ROOT / "deploy/ci/gitlab-gate.yml").read_text())
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
KEYS = {"name", "uses", "with", "run", "if", "env", "id", "shell", "working-directory", "continue-on-error"}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A pipeline's repository with one commit on main, and a `custody` on the PATH that is this one."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "custody").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m portal.cli "$@"\n')
    (bin_ / "custody").chmod(0o755)
    here = tmp_path / "repository"
    (here / "contracts").mkdir(parents=True)
    (here / "contracts/customer_events_v1.yaml").write_text(EXAMPLE)
    (here / "custody.yaml").write_text(MANIFEST)
    run(here, "git init -q -b main && git add . && " + commit("Begin."))
    return here


def commit(subject: str) -> str:
    return f"git -c user.name=Tests -c user.email=tests@example.org -c commit.gpgsign=false commit -q -m '{subject}'"


def run(here: Path, script: str, shell: str = "sh", **env: str) -> subprocess.CompletedProcess[str]:
    path = f"{here.parent / 'bin'}:{os.environ['PATH']}"
    given = {"PATH": path, "PYTHONPATH": str(ROOT), "HOME": str(here.parent), "GIT_CONFIG_NOSYSTEM": "1", **env}
    return subprocess.run(
        [shell, "-e", "-c", script], cwd=here, capture_output=True, text=True, check=False, env=given, timeout=120
    )


def loosen(here: Path) -> None:
    """A breaking edit without its version."""
    file = here / "contracts/customer_events_v1.yaml"
    file.write_text(file.read_text().replace("target: 15", "target: 30"))


def test_the_github_workflow_is_a_reusable_one_with_typed_inputs_and_few_rights():
    called = GITHUB[True]["workflow_call"]  # YAML 1.1 reads the key `on` as true, and so does GitHub's own schema
    assert {each["type"] for each in called["inputs"].values()} <= {"string", "boolean", "number"}
    assert GITHUB["permissions"] == {"contents": "read"}
    for job in GITHUB["jobs"].values():
        assert job["timeout-minutes"]
        for step in job["steps"]:
            assert set(step) <= KEYS
            assert ("run" in step) != ("uses" in step)
            assert "uses" not in step or re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step["uses"])


def test_no_expression_is_pasted_into_a_script_where_it_could_write_commands():
    for job in GITHUB["jobs"].values():
        assert all("${{" not in step.get("run", "") for step in job["steps"])


def test_every_input_that_the_workflow_uses_is_declared():
    text = (ROOT / "deploy/ci/github-gate.yml").read_text()
    used = set(re.findall(r"inputs\.([\w-]+)", text))
    assert used == set(GITHUB[True]["workflow_call"]["inputs"])


def github_env(**inputs: Any) -> dict[str, str]:
    """The job's environment, with the inputs' defaults and what the caller gives."""
    declared = GITHUB[True]["workflow_call"]["inputs"]
    values = {f"inputs.{name}": inputs.get(name, one["default"]) for name, one in declared.items()}
    values["secrets.token"] = inputs.get("token", "")
    words = {key: re.sub(r"\$\{\{ (.+?) \}\}", lambda m: _said(values[m[1]]), text)
             for key, text in GITHUB["jobs"]["gate"]["env"].items()}  # fmt: skip
    return dict(words)


def _said(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def github_script() -> str:
    (script,) = [step["run"] for step in GITHUB["jobs"]["gate"]["steps"] if step.get("name") == "Gate"]
    return str(script)


def test_the_github_step_annotates_and_exits_by_the_verdict(repository):
    env = github_env(against="HEAD")
    good = run(repository, github_script(), "bash", **env)
    assert (good.returncode, good.stderr) == (0, "")
    loosen(repository)
    bad = run(repository, github_script(), "bash", **env)
    assert bad.returncode == 1
    assert "::error file=contracts/customer_events_v1.yaml,line=2," in bad.stdout
    assert "Run again: custody gate --file custody.yaml --format github --against HEAD" in bad.stdout


def test_the_github_step_fails_open_only_where_that_is_asked_for(repository):
    env = github_env(server="http://127.0.0.1:9", token="cst_secret")
    assert run(repository, github_script(), "bash", **env).returncode == 2
    env = github_env(server="http://127.0.0.1:9", token="cst_secret", **{"fail-open": True})
    opened = run(repository, github_script(), "bash", **env)
    assert opened.returncode == 0
    assert len(list((repository / ".custody/ungated").glob("*.json"))) == 1
    assert "cst_secret" not in opened.stdout + opened.stderr


@pytest.mark.parametrize("shell", [shell for shell in ("bash", "dash") if shutil.which(shell)])
def test_the_gitlab_script_leaves_a_junit_report_that_a_reader_takes(repository, shell):
    (job,) = GITLAB.values()
    env = {name: str(value) for name, value in job["variables"].items()} | {"CUSTODY_AGAINST": "HEAD"}
    script = "\n".join([*job["before_script"], *job["script"]])
    assert run(repository, script, shell, **env).returncode == 0
    loosen(repository)
    assert run(repository, script, shell, **env).returncode == 1
    report = ET.parse(repository / job["artifacts"]["reports"]["junit"]).getroot()
    assert report.get("failures") == "1"


def test_each_pre_commit_hook_runs_on_exactly_the_files_that_it_names(repository):
    hooks = {hook["id"]: hook for hook in HOOKS}
    assert {hook["language"] for hook in HOOKS} == {"python"}
    assert re.search(hooks["custody-lint"]["files"], "pipelines/contracts/orders_v1.yaml")
    assert not re.search(hooks["custody-lint"]["files"], "docs/contracts.md")
    assert re.search(hooks["custody-gate"]["files"], "custody.yaml")
    assert run(repository, f"{hooks['custody-lint']['entry']} contracts/customer_events_v1.yaml").returncode == 0
    assert run(repository, hooks["custody-gate"]["entry"]).returncode == 0
    loosen(repository)
    assert run(repository, hooks["custody-gate"]["entry"]).returncode == 1


def test_the_hook_asks_no_portal_whatever_the_environment_names(repository):
    entry = {hook["id"]: hook for hook in HOOKS}["custody-gate"]["entry"]
    assert run(repository, entry, CUSTODY_URL="http://127.0.0.1:9", CUSTODY_TOKEN="x").returncode == 0


def test_before_the_first_commit_everything_is_new(tmp_path, repository):
    shutil.rmtree(repository / ".git")
    run(repository, "git init -q -b main")
    entry = {hook["id"]: hook for hook in HOOKS}["custody-gate"]["entry"]
    assert run(repository, entry).returncode == 0


def test_a_checkout_without_the_revision_says_to_fetch_it(repository):
    missing = run(repository, "custody gate --against origin/main --format json")
    assert missing.returncode == 2
    assert "fetch it first" in missing.stderr


def test_diff_prints_the_shape_of_the_design(repository):
    loosen(repository)
    done = run(repository, "custody diff --against HEAD contracts/customer_events_v1.yaml --format json")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert {"required_bump", "declared_bump", "ok", "changes"} <= set(found)
    wanted = {"path", "kind", "consumer", "subject", "producer", "bump", "gates", "message", "line"}
    assert all(wanted <= set(one) for one in found["changes"])
