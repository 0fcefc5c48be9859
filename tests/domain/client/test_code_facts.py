"""Where code comes from is read from real repositories and CI's variables, and credentials never come along."""

import subprocess
from pathlib import Path

import pytest

from portal.client.lineage.code import Code, code_of, path_of, without_credentials

SHA = "3f9c2d1a7be04f60a1b6f1f5c1d2e3a4b5c6d7e8"


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *identity, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    here = tmp_path / "shop"
    (here / "jobs").mkdir(parents=True)
    (here / "jobs/copy.py").write_text("def copy():\n    pass\n")
    git(here, "init", "-q", "-b", "main")
    git(here, "add", ".")
    git(here, "commit", "-q", "-m", "Begin.")
    git(here, "remote", "add", "origin", "https://ci:t0ken@git.example/shop/pipelines.git")
    return here


def test_commit_branch_and_repository_are_those_that_git_says(repository):
    found = code_of(repository / "jobs", {})
    assert found.commit == git(repository, "rev-parse", "HEAD")
    assert (found.branch, found.repository) == ("main", "https://git.example/shop/pipelines.git")
    assert found.root == repository.resolve()


def test_packed_branches_detached_heads_and_linked_worktrees_are_read_too(repository, tmp_path):
    head = git(repository, "rev-parse", "HEAD")
    git(repository, "pack-refs", "--all")
    assert code_of(repository, {}).commit == head
    git(repository, "worktree", "add", "-q", "-b", "topic", str(tmp_path / "topic"))
    linked = code_of(tmp_path / "topic" / "jobs", {})
    assert (linked.commit, linked.branch) == (head, "topic")
    assert linked.repository == "https://git.example/shop/pipelines.git"
    git(repository, "checkout", "-q", "--detach")
    assert (code_of(repository, {}).commit, code_of(repository, {}).branch) == (head, "")


def test_a_folder_without_git_and_a_repository_without_a_commit_say_nothing(tmp_path):
    assert code_of(tmp_path, {}).as_facet() is None
    git(tmp_path, "init", "-q", "-b", "main")
    assert code_of(tmp_path, {}).commit == ""


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            {"GITHUB_SHA": SHA, "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "o/r",
             "GITHUB_REF_NAME": "main", "GITHUB_REF": "refs/pull/42/merge"},
            ("https://github.com/o/r", "main", "42"),
        ),
        (
            {"CI_COMMIT_SHA": SHA, "CI_PROJECT_URL": "https://gitlab.com/o/r", "CI_COMMIT_REF_NAME": "t",
             "CI_MERGE_REQUEST_IID": "7"},
            ("https://gitlab.com/o/r", "t", "7"),
        ),
        (
            {"GIT_COMMIT": SHA, "GIT_URL": "git@h.example:o/r.git", "GIT_BRANCH": "b"},
            ("https://h.example/o/r.git", "b", ""),
        ),
    ],
)  # fmt: skip
def test_ci_says_it_where_there_is_no_git_folder(tmp_path, said, expected):
    found = code_of(tmp_path, said)
    assert (found.commit, found.repository, found.branch, found.pull_request) == (SHA, *expected)


def test_the_address_of_a_file_is_one_that_its_host_understands():
    github = Code(SHA, "https://github.com/o/r.git").as_facet("jobs/a b.py")
    gitlab = Code(SHA, "https://gitlab.com/o/r").as_facet("jobs/a.py")
    assert github["url"] == f"https://github.com/o/r/blob/{SHA}/jobs/a%20b.py"
    assert gitlab["url"] == f"https://gitlab.com/o/r/-/blob/{SHA}/jobs/a.py"
    assert Code(SHA).as_facet()["url"] == f"urn:git:{SHA}"
    assert Code("", "ssh://h.example/o/r").as_facet("a.py")["url"] == "ssh://h.example/o/r"


@pytest.mark.parametrize(
    "address",
    [
        "https://user:t0ken@h.example/o/r.git?private_token=t0ken#t0ken",
        "https://t0ken@h.example/o/r.git",
        "ssh://git:t0ken@h.example:2222/o/r.git",
        "t0ken@h.example:o/r.git",
        "file:///home/t0ken/r.git",
        "/home/t0ken/r",
        "C:\\t0ken\\r",
        "https://h.example:t0ken/o/r",
    ],
)
def test_no_credential_and_no_local_path_of_an_address_gets_out(address):
    assert "t0ken" not in without_credentials(address)


def test_the_path_of_a_function_is_from_the_root_and_never_of_another_place(repository):
    root = Path(__file__).resolve().parents[3]
    assert path_of(git, root) == "tests/domain/client/test_code_facts.py"
    assert path_of(git, repository.resolve()) == ""
    assert path_of(git, None) == ""
