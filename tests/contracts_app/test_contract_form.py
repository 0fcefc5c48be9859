"""The form speaks the whole format: each key of it has its control, and what is typed there is read back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts_app.domain.document import load
from contracts_app.domain.patch import PatchError
from contracts_app.domain.source import read
from contracts_app.forms import format as keys
from contracts_app.forms.edits import add_entries, apply_form, remove_entry
from contracts_app.forms.maker import WINDOW, loaded, sections
from contracts_app.forms.parts import pointer

EXAMPLE = (Path(__file__).parent / "data/customer_events_v1.yaml").read_text()
TYPED = {"flag": "on", "number": "7", "choice": None, "list": "a, b", "long": "two\nlines"}
TOP = [path for rows in (keys.CONTRACT, keys.ASSET, keys.PRIVACY, keys.POLICY, keys.RACI) for path, *_ in rows]


def _controls(text: str) -> dict[str, str]:
    return {control.name: control.kind for part in sections(text) for control in part.all_controls()}


def _typed(text: str, path: tuple[str, ...], kind: str, options: tuple[str, ...]) -> object:
    typed = options[0] if kind == "choice" else TYPED.get(kind) or "word"
    return read(apply_form(text, text, {f"f:{pointer(path)}": typed})).root.at(path).value


@pytest.mark.parametrize("row", keys.FIELD, ids=lambda row: row[0])
def test_every_key_of_a_field_is_written_by_its_control_and_read_back(row):
    path = ("schema", "customer_id", row[0])
    assert f"f:{pointer(path)}" in _controls(EXAMPLE)
    wanted = {"flag": True, "number": 7, "list": ["a", "b"], "choice": row[3] and row[3][0], "long": "two\nlines"}
    assert _typed(EXAMPLE, path, row[2], row[3]) == wanted.get(row[2], "word")


@pytest.mark.parametrize("row", keys.SLO, ids=lambda row: row[0])
def test_every_key_of_an_slo_is_written_by_its_control_and_read_back(row):
    path = ("slos", "freshness_minutes", row[0])
    assert _typed(EXAMPLE, path, row[2], row[3]) == (7 if row[2] == "number" else "word")


@pytest.mark.parametrize("dotted", TOP)
def test_every_other_key_has_its_control(dotted):
    assert f"f:{pointer(tuple(dotted.split('.')))}" in _controls(EXAMPLE)


@pytest.mark.parametrize("slo", keys.SLO_TITLES)
def test_every_slo_of_the_format_can_be_added_and_removed_and_starts_without_an_error_of_its_own(slo):
    text, added = add_entries("name: a\nversion: 1.0.0\n", {"new:/slos": slo})
    assert added == ("slos", slo, "target")
    found = [
        one.message for one in load(text).findings if one.code in ("slo.bound", "slo.direction", "slo.early-alert")
    ]
    assert found == []
    assert "slos" not in read(remove_entry(text, f"/slos/{slo}")).data


def test_nested_fields_are_added_renamed_and_removed_where_they_stand():
    text = "schema:\n  who:  # a person\n    type: object\n"
    text, _ = add_entries(text, {"new:/schema/who/fields": "email"})
    text, _ = add_entries(text, {"new:/schema/who/fields": "phone"})
    assert list(read(text).data["schema"]["who"]["fields"]) == ["email", "phone"]
    text = apply_form(text, text, {"k:/schema/who/fields/email": "mail", "k:/schema/who": "person"})
    assert list(read(text).data["schema"]["person"]["fields"]) == ["mail", "phone"]
    assert "# a person" in text
    text = remove_entry(text, "/schema/person/fields/phone")
    assert list(read(text).data["schema"]["person"]["fields"]) == ["mail"]
    with pytest.raises(PatchError, match="`person` is there already"):
        add_entries(text, {"new:/schema": "person"})


def test_numbers_of_a_number_field_stay_numbers_and_a_list_stays_a_list():
    text = "schema:\n  n: {type: integer, allowed: [1, 2]}\nraci: {informed: [a, b]}\n"
    text = apply_form(text, text, {"f:/schema/n/allowed": "1, 2, 3", "f:/raci/informed": "a, b, c"})
    assert read(text).data == {
        "schema": {"n": {"type": "integer", "allowed": [1, 2, 3]}},
        "raci": {"informed": list("abc")},
    }


def test_a_tick_box_that_was_not_shown_is_not_unticked():
    assert apply_form(EXAMPLE, EXAMPLE, {"f:/retention_days": "365"}) == EXAMPLE


def test_a_long_schema_is_shown_a_window_at_a_time_and_edited_in_each():
    text = "schema:\n" + "".join(f"  f{n}: {{type: string}}\n" for n in range(60))
    shown = next(part for part in sections(text, window=WINDOW) if part.path == ("schema",))
    assert [part.title for part in shown.parts] == [f"f{n}" for n in range(WINDOW, 2 * WINDOW)]
    assert "Fields 26 to 50 of 60" in shown.note
    edited = apply_form(text, text, {"f:/schema/f30/pii": "email", "f:/schema/f1/pii": "email"}, window=WINDOW)
    assert edited == text.replace("f30: {type: string}", "f30: {type: string, pii: email}")


def test_a_broken_text_has_no_form_and_a_section_that_is_no_mapping_is_left_to_the_yaml():
    assert sections("a: [1") == []
    assert loaded("schema: [1]\nslos: 3\nconsumers: x\nraci: []\n").document is not None
    assert sections("schema: [1]\nslos: 3\nconsumers: x\nraci: []\nasset: 1\n")
