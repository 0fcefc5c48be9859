"""One more of a kind is one new file: found by walking its folder, refused under a name that is taken."""

import sys

import pytest

from portal.core.registry import Registry, modules_of


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A package with two kinds, each in a file of its own, that count how often they are imported."""
    package = tmp_path / "some_kinds"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from portal.core.registry import Registry\nknown = Registry('kind', __name__)\n"
    )
    for name in ("second", "first"):
        (package / f"{name}.py").write_text(
            f"from some_kinds import known\nknown.add({name!r}, {len(name)}, where=__name__)\n"
        )
    monkeypatch.syspath_prepend(tmp_path)
    yield package
    for name in [each for each in sys.modules if each.partition(".")[0] == "some_kinds"]:
        del sys.modules[name]


def test_members_are_found_by_walking_the_folder_and_come_in_alphabetical_order(folder):
    from some_kinds import known

    assert list(known.members().items()) == [("first", 5), ("second", 6)]
    assert list(known.members()) == ["first", "second"], "a second look walks nothing and registers nothing twice"


def test_a_new_file_is_a_new_member_and_nothing_else_has_to_be_edited(folder):
    (folder / "third.py").write_text("from some_kinds import known\nknown.add('third', 3, where=__name__)\n")
    from some_kinds import known

    assert "third" in known.members()


def test_a_name_that_is_taken_is_refused_with_the_module_that_asked_for_it():
    known = Registry[int]("colour")
    known.add("red", 1, where="first.module")
    with pytest.raises(ValueError, match=r"The colour 'red' is registered twice; rename the one in second\.module\."):
        known.add("red", 2, where="second.module")


def test_what_a_member_hands_out_cannot_change_the_registry():
    known = Registry[int]("colour")
    known.add("red", 1, where="a.module")
    known.members().clear()
    assert known.members() == {"red": 1}


def test_the_modules_of_a_package_come_in_alphabetical_order(folder):
    assert [each.__name__ for each in modules_of("some_kinds")] == ["some_kinds.first", "some_kinds.second"]
