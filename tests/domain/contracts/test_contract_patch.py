"""A form edit changes one span of the YAML and nothing else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts_app.domain.document import load
from contracts_app.domain.patch import PatchError, append, remove, rename, set_value, written
from contracts_app.domain.source import read

EXAMPLE = (Path(__file__).parents[2] / "contracts_app/data/customer_events_v1.yaml").read_text()


def test_a_changed_form_field_replaces_only_its_own_span():
    patched = set_value(EXAMPLE, ("retention_days",), 730)
    assert patched == EXAMPLE.replace("retention_days: 365", "retention_days: 730")


def test_a_new_key_in_an_inline_field_and_a_new_field_keep_every_other_line():
    patched = set_value(EXAMPLE, ("schema", "customer_id", "pii"), "customer_id")
    assert "customer_id: {type: string, required: true, pii: customer_id}" in patched
    patched = set_value(patched, ("schema", "email", "type"), "string")
    assert read(patched).data["schema"]["email"] == {"type": "string"}
    assert [line for line in EXAMPLE.splitlines() if line not in patched.splitlines()] == [
        "  customer_id: {type: string, required: true}"
    ]


def test_comments_and_unknown_keys_survive_and_a_removed_key_takes_its_line_along():
    text = "# head\nname: a # why\nhouse_key: kept\nnested:\n  one: 1\n  # between\n  two: 2\n"
    assert set_value(text, ("name",), "b") == text.replace("name: a", "name: b")
    assert remove(text, ("nested", "two")) == text.replace("  two: 2\n", "")
    assert remove(text, ("house_key",)) == text.replace("house_key: kept\n", "")
    assert remove(text, ("nothing", "here")) == text


def test_missing_sections_are_made_inline_and_an_empty_one_is_filled():
    assert read(set_value("name: a", ("asset", "tier"), 1)).data == {"name": "a", "asset": {"tier": 1}}
    assert read(set_value("name: a\nasset:\nowner: b\n", ("asset", "tier"), 1)).data["asset"] == {"tier": 1}
    assert read(set_value("{}", ("slos", "freshness_minutes", "target"), 15)).data == {
        "slos": {"freshness_minutes": {"target": 15}}
    }


def test_a_broken_document_or_a_list_of_lines_is_left_to_its_author():
    with pytest.raises(PatchError, match="mend it first"):
        set_value("a: [1", ("a",), 1)
    with pytest.raises(PatchError, match="several lines"):
        set_value("a:\n- 1\n", ("a",), 1)
    with pytest.raises(PatchError, match="holds no keys"):
        set_value("a: 1\n", ("a", "b"), 1)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40))
def test_whatever_is_typed_into_a_form_field_comes_back_as_the_same_text(typed):
    patched = set_value("a: 1  # c\nb: 2\n", ("a",), typed)
    found = read(patched)
    assert found.data == {"a": typed, "b": 2}
    assert read("x: " + written([typed, "y"])).data == {"x": [typed, "y"]}


@given(
    st.dictionaries(st.from_regex(r"[a-z]{1,6}", fullmatch=True), st.integers(0, 99), min_size=1, max_size=5),
    st.from_regex(r"[a-z]{1,6}", fullmatch=True),
    st.booleans(),
)
def test_adding_and_removing_a_key_leaves_the_data_as_it_was(data, key, flow):
    body = ", ".join(f"{name!r}: {value}" for name, value in data.items())
    lines = "".join(f"{written(name)}: {value}  # note\n" for name, value in data.items())
    text = f"{{{body}}}\n" if flow else lines
    changed = set_value(text, (key,), 7)
    assert read(changed).data == {**data, key: 7}
    if len(data) > 1 or key not in data:
        assert read(remove(changed, (key,))).data == {k: v for k, v in data.items() if k != key}


def test_every_form_edit_of_the_example_still_lints_without_errors():
    text = EXAMPLE
    for path, value in ((("asset", "tier"), 1), (("slos", "freshness_minutes", "element"), "event_ts"),
                        (("schema", "event_type", "allowed"), ["view", "no"]), (("owner",), "@team")):  # fmt: skip
        text = set_value(text, path, value)
    loaded = load(text)
    assert [f.message for f in loaded.findings if f.is_error and not f.code.startswith("rule")] == []
    assert loaded.document.owner == "@team"


def test_a_list_with_one_item_a_line_changes_item_by_item_and_keeps_the_comments_of_the_others():
    text = "tags:\n  - one # first\n  - two\nname: a\n"
    assert set_value(text, ("tags",), ["one", "three"]) == "tags:\n  - one # first\n  - three\nname: a\n"
    with pytest.raises(PatchError, match="another order"):
        set_value(text, ("tags",), ["two", "one"])


def test_a_text_over_several_lines_is_replaced_as_a_whole_and_what_follows_stays():
    assert set_value("d: >\n  long\n  text\nx: 1\n", ("d",), "short") == "d: short\nx: 1\n"
    assert read(set_value("d: |\n  a\nx: 1\n", ("d",), "two\nlines")).data == {"d": "two\nlines", "x": 1}


def test_new_sections_and_lists_get_lines_of_their_own_under_a_block():
    assert set_value("a: 1\n", ("slos", "drift_psi", "target"), 0.2) == "a: 1\nslos:\n  drift_psi: {target: 0.2}\n"
    text = append("a: 1\nslos:\n  b: 1\n", ("slos", "accuracy_rules"), "x > 1", key="rule")
    assert text == 'a: 1\nslos:\n  b: 1\n  accuracy_rules:\n    - rule: "x > 1"\n'


def test_a_field_is_renamed_in_its_place_and_a_name_that_is_taken_is_refused():
    text = "schema:\n  a: {type: int}  # why\n  b: {type: int}\n"
    assert rename(text, ("schema", "a"), "c") == text.replace("  a:", "  c:")
    with pytest.raises(PatchError, match="`b` is there already"):
        rename(text, ("schema", "a"), "b")
    with pytest.raises(PatchError, match="not there any more"):
        rename(text, ("schema", "z"), "y")
