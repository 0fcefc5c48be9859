"""A patch of the portal is one that git applies, whatever the file ends with or holds inside a line."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts_app.domain.gitpatch import git_patch
from contracts_app.domain.merge import hunks, merged

LINES = st.lists(st.text(st.sampled_from("ab #:\r\x0b\u2028é\\+-"), max_size=4), max_size=12)
TEXTS = st.tuples(LINES, st.booleans()).map(lambda pair: "\n".join(pair[0]) + "\n" * pair[1])


def _applied(folder: Path, old: str | None, patch: str) -> bytes:
    (folder / "c.yaml").unlink(missing_ok=True)
    if old is not None:
        (folder / "c.yaml").write_bytes(old.encode())
    command = ["git", "apply", "--whitespace=nowarn", "-"]
    subprocess.run(command, cwd=folder, input=patch.encode(), check=True)
    return (folder / "c.yaml").read_bytes()


@settings(max_examples=40)
@given(old=st.none() | TEXTS, new=TEXTS.filter(bool))
def test_git_applies_every_patch_and_gets_exactly_the_new_bytes(tmp_path_factory, old, new):
    folder = tmp_path_factory.mktemp("patch")
    patch = git_patch("c.yaml", old, new)
    if old == new:
        assert patch == ""
    else:
        assert _applied(folder, old, patch) == new.encode()


@pytest.mark.parametrize("path", ["/etc/passwd", "../c.yaml", "a/../../c.yaml", "a\nb", "", "a b.yaml", "a//b"])
def test_a_path_that_leaves_the_repository_or_breaks_the_header_is_refused(path):
    with pytest.raises(ValueError, match="relative"):
        git_patch(path, None, "a\n")


@given(TEXTS, TEXTS)
def test_taking_one_side_everywhere_gives_exactly_that_side(theirs, mine):
    parts = hunks(theirs, mine)
    assert merged(parts, dict.fromkeys(range(len(parts)), "theirs")) == theirs
    assert merged(parts, dict.fromkeys(range(len(parts)), "mine")) == mine


def test_a_place_that_only_the_other_touched_is_proposed_as_theirs_and_one_that_i_touched_as_mine():
    origin = "a\nb\nc\nd\n"
    theirs, mine = "# new\na\nb\nc\nd changed\n", "a\nB\nc\nd\n"
    assert merged(hunks(theirs, mine, origin), {}) == "# new\na\nB\nc\nd changed\n"
    assert merged(hunks(theirs, mine), {}) == mine
