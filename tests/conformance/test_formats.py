"""One more format is one file: every way in and every way out keeps the same promises."""

import subprocess
import sys
from pathlib import Path

import pytest

from contracts_app.domain.document import load
from contracts_app.domain.formats.notes import FormatError
from contracts_app.formats import registry
from contracts_app.formats.registry import Plain

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(__file__).parent / "formats"
EXAMPLE = (DATA / "custody_yaml.yaml").read_bytes()
IMPORTS, EXPORTS = registry.imports(), registry.exports()
TEXTS = [key for key, each in IMPORTS.items() if each.needs == "text"]
PURE = [key for key, each in EXPORTS.items() if not each.stored]
CIRCLE = b'{"$defs": {"n": {"properties": {"n": {"$ref": "#/$defs/n"}}}}, "properties": {"a": {"$ref": "#/$defs/n"}}}'
TYPES = b'{"properties": [1], "schema": 3, "apiVersion": "v3.2.0", "kind": "DataContract", "id": 5, "version": {}}'
ODCS_HEAD = b"apiVersion: v3.2.0\nkind: DataContract\nid: x\nversion: 1.0.0\nschema:\n- name: t\n  properties:\n"
DOUBLED = b'"d%d": {"properties": {"x": {"$ref": "#/$defs/d%d"}, "y": {"$ref": "#/$defs/d%d"}}}'
DOUBLING = b",".join(DOUBLED % (n, n + 1, n + 1) for n in range(60))
HOSTILE = {
    "nothing": b"",
    "blanks": b" \n\t ",
    "no text": b"\xff\xfe\x00\x01PAR1",
    "NUL": b'{"kind": "DataContract", "apiVersion": "v3.2.0", "properties": {"a\\u0000": {}}, "schema": []}',
    "half a character": b'{"properties": {"a": {"type": "string", "title": "\\ud800"}}, "apiVersion": "DataContract"}',
    "alias bomb": b"a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nschema: *c\napiVersion: v3.2.0\nkind: DataContract\n",
    "tag": b"schema: !!python/object/apply:os.system ['true']\nname: x\n",
    "deep YAML": b"schema: " + b"[" * 5000 + b"]" * 5000,
    "deep JSON": b'{"properties": ' + b'{"a": {"properties": ' * 5000 + b"{}" + b"}}" * 5000 + b"}",
    "deeper JSON": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "list": b"[1, 2]",
    "two documents": b"schema: {}\n---\nschema: {}\n",
    "twice a key": b'{"properties": {"a": {}, "a": {}}}',
    "no number": b'{"properties": {"a": {"minimum": NaN}}}',
    "endless number": b'{"properties": {"a": {"minimum": ' + b"9" * 5000 + b"}}}",
    "wrong types": TYPES,
    "circle": b'{"properties": {"a": {"$ref": "#/properties/a"}}}',
    "wider circle": CIRCLE,
    "pointer at nothing": b'{"properties": {"a": {"$ref": "#/nowhere"}}}',
    "too large": b"schema:\n" + b"  # padding\n" * 100_000,
    "many fields": b'{"properties": {' + b",".join(b'"f%d":{}' % n for n in range(50_000)) + b"}}",
    "many properties": ODCS_HEAD + b"".join(b"  - {name: f%d}\n" % n for n in range(60_000)),
    "doubling": b'{"$defs": {' + DOUBLING + b'}, "properties": {"a": {"$ref": "#/$defs/d0"}}}',
}


def refusal(call, *args):
    """What the call gave, and the sentence of its refusal."""
    try:
        return call(*args), None
    except FormatError as refused:
        return None, str(refused)


@pytest.mark.parametrize(("folder", "known"), [("imports", IMPORTS), ("exports", EXPORTS)])
def test_every_file_in_the_folder_registers_the_format_of_its_name_and_nothing_else_is_registered(folder, known):
    files = {path.stem for path in (ROOT / "contracts_app" / "formats" / folder).glob("*.py")} - {"__init__"}
    assert set(known) == files


@pytest.mark.parametrize("each", [*IMPORTS.values(), *EXPORTS.values()], ids=lambda each: each.key)
def test_a_format_says_what_it_is_in_one_line(each):
    assert each.label
    assert len(each.hint) < 200
    assert each.hint.endswith((".", "…"))


@pytest.mark.parametrize("key", sorted(IMPORTS))
def test_a_way_in_has_test_data(key):
    assert any(path.stem == key for path in DATA.iterdir())


@pytest.mark.parametrize("key", TEXTS)
def test_a_text_is_known_by_what_it_holds_and_becomes_a_draft_that_can_be_read(key):
    content = next(path for path in DATA.iterdir() if path.stem == key).read_bytes()
    assert registry.detected("whatever.txt", content).key == key
    imported = IMPORTS[key].read(content)
    loaded = load(imported.text)
    assert loaded.document is not None
    assert loaded.document.fields
    assert loaded.digest is not None
    assert all(note.text.endswith(".") for note in imported.notes)


@pytest.mark.parametrize("name", sorted(HOSTILE))
@pytest.mark.parametrize("key", TEXTS)
def test_hostile_text_is_refused_by_a_sentence_or_read_for_what_it_is(key, name):
    imported, said = refusal(IMPORTS[key].read, HOSTILE[name])
    if said is None:
        assert load(imported.text).source.root is not None
    else:
        assert said[0].isupper() or said[0] == "`"
        assert said.rstrip("`")[-1] in ".)"
        assert len(said) < 1200


@pytest.mark.parametrize("key", PURE)
def test_an_export_of_the_example_holds_its_name_and_is_the_same_each_time(key):
    version = Plain(load(EXAMPLE), "active")
    options = EXPORTS[key].chosen({})
    made = EXPORTS[key].make(version, options)
    assert b"customer_events_v1" in made
    assert made == EXPORTS[key].make(version, options)


@pytest.mark.parametrize("key", PURE)
def test_a_draft_that_cannot_be_read_is_refused_by_a_sentence_or_given_as_it_is(key):
    broken = Plain(load(b"name: [x\n"), "draft")
    made, said = refusal(EXPORTS[key].make, broken, EXPORTS[key].chosen({}))
    assert made == b"name: [x\n" or said.endswith((".", ")"))


def test_an_unknown_format_or_option_is_refused_by_a_sentence_that_names_the_known_ones():
    with pytest.raises(FormatError, match="Known are: custody_yaml, odcs"):
        registry.export_named("docx")
    with pytest.raises(FormatError, match="postgres, duckdb"):
        EXPORTS["sql_ddl"].chosen({"dialect": "oracle"})


def test_no_heavy_library_is_loaded_by_finding_the_formats():
    heavy = ("pydantic", "sqlglot", "pyarrow", "duckdb", "weasyprint")
    script = (
        "import sys, django; django.setup(); before = set(sys.modules);"
        "from contracts_app.formats import registry; registry.exports(); registry.imports();"
        f"sys.exit(str([name for name in {heavy!r} if name in set(sys.modules) - before] or ''))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
