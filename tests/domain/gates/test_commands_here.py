"""lint, diff and gate without a portal: exit codes, places, git, and what a hostile folder may not do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.cli import main

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = (ROOT / "tests/contracts_app/data/customer_events_v1.yaml").read_text()
VERSION = next(line.split(":")[1].strip() for line in EXAMPLE.splitlines() if line.startswith("version:"))
MANIFEST = f"""\
job: {{namespace: demo, name: ingest_events}}
writes:
  - contract: customer_events_v1
    version: {VERSION}
    file: contracts/customer_events_v1.yaml
"""


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Tests", "-c", "user.email=tests@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", "-C", str(folder), *identity, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A pipeline's repository with its manifest and contract on main, as the working directory."""
    for name in ("CUSTODY_URL", "CUSTODY_TOKEN", "CUSTODY_TOKEN_FILE", "GITHUB_SHA", "CI_COMMIT_SHA", "GIT_COMMIT"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "customer_events_v1.yaml").write_text(EXAMPLE)
    (tmp_path / "custody.yaml").write_text(MANIFEST)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "Begin.")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def edit(here, old, new, file="contracts/customer_events_v1.yaml"):
    path = here / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_offline_the_gate_passes_what_lints_and_says_that_the_four_gates_were_not_asked(here, capsys):
    assert main(["gate"]) == 0
    said = capsys.readouterr().out
    assert "contracts/customer_events_v1.yaml: passes" in said
    assert "the four gates were not asked" in said


def test_offline_json_never_calls_itself_a_pass(here, capsys):
    assert main(["gate", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "undecided"


def test_against_main_a_breaking_edit_without_its_version_fails_and_names_the_version(here, capsys):
    edit(here, "target: 15", "target: 30")
    assert main(["gate", "--against", "main"]) == 1
    said = capsys.readouterr().out
    assert "a changed contract must be at least 2.0.0." in said
    assert "Run again: custody gate --against main" in said
    assert "who: whoever writes the file" in said
    (line,) = [n for n, text in enumerate(EXAMPLE.splitlines(), start=1) if text.startswith("version:")]
    assert f"contracts/customer_events_v1.yaml:{line}: error: Version 1.2.0 exists" in said


def test_against_a_revision_that_git_does_not_know_nothing_is_decided(here, capsys):
    for revision in ("no-such-branch", "--upload-pack=x", "", "main:contracts"):
        assert main(["gate", f"--against={revision}"]) == (2 if revision else 0)
    assert "git knows no revision no-such-branch" in capsys.readouterr().err


def test_a_contract_that_is_new_at_that_revision_has_nothing_to_break(here, capsys):
    git(here, "checkout", "-q", "--orphan", "empty")
    git(here, "rm", "-rq", "--cached", ".")
    git(here, "commit", "-q", "--allow-empty", "-m", "Nothing.")
    assert main(["gate", "--against", "empty"]) == 0
    capsys.readouterr()
    assert main(["diff", "--against", "empty", "contracts/customer_events_v1.yaml", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["required_bump"] == "none"


def test_outside_a_repository_a_comparison_with_git_is_not_decided(here, tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("plain")
    (folder / "a.yaml").write_text(EXAMPLE)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(folder.parent))
    assert main(["diff", "--against", "main", "a.yaml"]) == 2


def test_diff_against_git_reads_the_old_file_there(here, capsys):
    edit(here, "target: 15", "target: 30")
    assert main(["diff", "--against", "HEAD", "contracts/customer_events_v1.yaml", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["required_bump"] == "major"
    assert set(found) >= {"required_bump", "declared_bump", "ok", "changes"}


def test_diff_takes_two_files_or_one_and_a_revision(here):
    with pytest.raises(SystemExit) as stopped:
        main(["diff", "contracts/customer_events_v1.yaml"])
    assert stopped.value.code == 2


def test_a_manifest_with_a_mistake_decides_nothing_and_names_the_place(here, capsys):
    edit(here, "writes:", "write:", "custody.yaml")
    assert main(["gate"]) == 2
    said = capsys.readouterr().out
    assert "custody.yaml:2:1: error: `write` is not a key of custody.yaml here" in said
    assert main(["gate", "--format", "github"]) == 2
    assert "::error file=custody.yaml,line=2,col=1,title=gate.unknown-key::" in capsys.readouterr().out


def test_a_manifest_that_speaks_of_another_version_than_its_file_fails(here, capsys):
    edit(here, f"version: {VERSION}", "version: 9.9.9", "custody.yaml")
    assert main(["gate"]) == 1
    assert f"custody.yaml says version 9.9.9, the file says {VERSION}." in capsys.readouterr().out


def test_a_contract_file_that_is_missing_or_leads_out_of_the_folder_by_a_link_is_not_decided(here, capsys):
    target = here / "contracts" / "customer_events_v1.yaml"
    target.unlink()
    assert main(["gate"]) == 2
    os.symlink("/etc/hostname", target)
    assert main(["gate"]) == 2
    assert "leads out of" in capsys.readouterr().err


def test_a_hostile_manifest_is_refused_quickly(here):
    bomb = "a: &a [x]\n" + "".join(f"a{n}: &b{n} [*a, *a]\n" for n in range(50))
    for content in (bomb, "[" * 10_000, "a: " + "x" * 2_000_000, "\x00", "job: !!python/object:os.system {}"):
        (here / "custody.yaml").write_text(content)
        began = time.monotonic()
        assert main(["gate"]) == 2
        assert time.monotonic() - began < 2


def test_the_report_goes_to_a_file_and_text_for_people_to_the_log(here, capsys):
    edit(here, "us-only", "NO")
    assert main(["lint", "contracts/customer_events_v1.yaml", "--format", "sarif", "--output", "out.sarif"]) == 1
    assert "fails" in capsys.readouterr().out
    assert json.loads((here / "out.sarif").read_text())["runs"][0]["results"]
    assert main(["lint", "contracts/customer_events_v1.yaml", "--output", "no/such/folder/out"]) == 2


@pytest.mark.parametrize("format_", ["text", "json", "junit", "sarif", "github"])
def test_every_command_ends_with_the_same_code_in_every_format(here, format_, capsys):
    file = "contracts/customer_events_v1.yaml"
    assert main(["lint", file, "--format", format_]) == 0
    assert main(["gate", "--format", format_]) == 0
    edit(here, "us-only", "NO")
    assert main(["lint", file, "--format", format_]) == 1
    assert main(["gate", "--format", format_]) == 1
    assert main(["diff", "--against", "HEAD", file, "--format", format_]) == 2
    assert main(["lint", "absent.yaml", "--format", format_]) == 2
    assert "Run again: custody lint absent.yaml" in capsys.readouterr().err


def test_lint_reads_standard_input_and_names_fix_and_place(here):
    done = subprocess.run(
        [sys.executable, "-m", "portal.cli", "lint", "-"],
        input=EXAMPLE.replace("us-only", "NO"),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 1
    assert "-:6:12: error:" in done.stdout


def test_push_and_pull_without_a_portal_or_token_say_what_to_set(here, capsys, monkeypatch):
    file = "contracts/customer_events_v1.yaml"
    assert main(["push", file]) == 2
    assert "set CUSTODY_URL" in capsys.readouterr().err
    monkeypatch.setenv("CUSTODY_URL", "http://127.0.0.1:9")
    assert main(["pull"]) == 2
    assert "Set CUSTODY_TOKEN" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "token"),
    [
        ("ftp://portal", "secret-token"),
        ("http://user:secret-token@portal", "secret-token"),
        ("http://portal/?token=secret-token", "secret-token"),
        ("portal", "secret-token"),
        ("http://portal", "secret-token\nX-Evil: 1"),
        ("http://portal", "secret-tokén"),
    ],
)
def test_an_address_or_token_that_cannot_be_right_is_refused_and_never_shown(here, capsys, monkeypatch, url, token):
    monkeypatch.setenv("CUSTODY_URL", url)
    (here / "token").write_bytes(token.encode())
    assert main(["gate", "--token-file", "token"]) == 2
    said = capsys.readouterr()
    assert "secret-tok" not in said.out + said.err.replace(url, "")
    assert "secret-token@" not in said.err


def test_where_the_portal_is_away_nothing_is_decided_unless_open_was_asked_for(here, capsys, monkeypatch):
    monkeypatch.setenv("CUSTODY_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("CUSTODY_TOKEN", "secret-token")
    monkeypatch.setattr("time.sleep", lambda _: None)
    assert main(["gate", "--timeout", "1"]) == 2
    assert "who: whoever runs the portal" in capsys.readouterr().out
    assert not (here / ".custody").exists()
    assert main(["gate", "--timeout", "1", "--fail-open"]) == 0
    (record,) = (here / ".custody" / "ungated").glob("*.json")
    kept = json.loads(record.read_text())
    assert kept["request"]["job"] == {"namespace": "demo", "name": "ingest_events"}
    assert kept["request"]["commit"] == git(here, "rev-parse", "HEAD")
    assert "secret-token" not in record.read_text()
    assert "let through ungated" in capsys.readouterr().out


def test_fail_open_does_not_open_what_fails_here(here, monkeypatch):
    monkeypatch.setenv("CUSTODY_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("CUSTODY_TOKEN", "secret-token")
    monkeypatch.setattr("time.sleep", lambda _: None)
    edit(here, "us-only", "NO")
    assert main(["gate", "--fail-open", "--timeout", "1"]) == 1
