"""Hostile and broken YAML gets a finding with its place; nothing crashes and nothing is silently lost."""

import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from contracts_app.domain.document import load
from contracts_app.domain.scalars import resolve
from contracts_app.domain.source import MAX_BYTES, read

BOMB = "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n"


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        (BOMB, "yaml.anchor", 1, 4),
        ("a: *nowhere", "yaml.alias", 1, 4),
        ("a: !!python/object/apply:os.system [x]", "yaml.tag", 1, 4),
        ("a: 1\n---\nb: 2", "yaml.several-documents", 2, 1),
        ("a: 1\nb: [1, 2\n", "yaml.broken", 3, 1),
        ("a: 1\nb:\n  c: 1\n  c: 2\n", "yaml.duplicate-key", 4, 3),
        ("yes: 1", "yaml.key", 1, 1),
        ("<<: {a: 1}", "yaml.merge-key", 1, 1),
        ("a: .nan", "yaml.number", 1, 4),
        ("a: 010", "trap.number", 1, 4),
        ("", "yaml.empty", 1, 1),
        ("- a", "yaml.not-a-mapping", 1, 1),
        ("a:\n " + "[" * 50, "yaml.too-deep", 2, 21),
        ("a: \x07", "yaml.broken", 1, 4),
        ('a: "x\\0"', "yaml.character", 1, 4),
    ],
)
def test_each_bad_document_is_refused_at_its_line_and_column(text, code, line, column):
    found = read(text).findings[0]
    assert (found.code, found.line, found.column) == (code, line, column)
    assert found.message.endswith((".", "here."))


def test_a_megabyte_is_the_limit_and_bytes_must_be_utf8():
    assert read(b"a" * (MAX_BYTES + 1)).findings[0].code == "yaml.too-large"
    assert read(b"a: 1\nb: \xff").findings[0].line == 2


def test_a_hundred_thousand_brackets_are_refused_at_once():
    started = time.perf_counter()
    assert read("[" * 1_000_000).findings[0].code == "yaml.too-deep"
    assert time.perf_counter() - started < 2


def test_a_duplicate_key_is_mended_by_one_click_as_yaml_would_have_read_it():
    source = read("a: 1 # old\nb: 2\na: 3\n")
    mended = source.findings[0].fix.apply(source.text)
    assert read(mended).findings == []
    assert read(mended).data == {"a": 3, "b": 2}


@given(st.text(max_size=200))
def test_lint_never_crashes_on_arbitrary_text(text):
    loaded = load(text)
    assert loaded.document is not None or loaded.findings
    for found in loaded.findings:
        assert found.line >= 1
        assert found.column >= 1


@given(st.binary(max_size=100))
def test_lint_never_crashes_on_arbitrary_bytes(content):
    loaded = load(content)
    assert loaded.document is not None or loaded.findings


_WORDS = st.one_of(
    st.from_regex(r"[-+]?[0-9_]{1,8}(\.[0-9_]{0,4})?([eE][-+]?[0-9]{1,2})?", fullmatch=True),
    st.from_regex(r"[0-9]{1,3}:[0-5]?[0-9](\.[0-9])?", fullmatch=True),
    st.from_regex(r"0[bxo][01]{1,5}", fullmatch=True),
    st.sampled_from(
        ["yes", "No", "on", "OFF", "true", "~", "null", "y", "n", ".inf", "-.INF", ".nan", "1e3", "1.5e+3"]
    ),
)


@given(_WORDS)
def test_plain_words_read_as_pyyaml_reads_them(word):
    try:
        expected = yaml.safe_load(word)
    except ValueError:
        return  # PyYAML itself crashes on words such as 0b_ or 1__
    ours = resolve(word)
    assert type(ours) is type(expected)
    assert ours == expected or ours != ours


_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(-1000, 1000), _TEXTS),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3)
        ),
        max_leaves=12,
    )
)
def test_what_pyyaml_writes_we_read_back_unchanged(data):
    dumped = yaml.safe_dump({"k": data}, allow_unicode=True)
    if "&id" not in dumped:
        assert read(dumped).data == yaml.safe_load(dumped)
