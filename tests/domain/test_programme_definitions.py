"""The block of definitions: every text comes back as it was, and nothing that it quotes can end the block."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.diagrams.markdown import plain, unescaped
from portal.pages.programme.definitions import DefinitionError, block, definitions_of
from slo_app.domain.runbook_file import Entry, read, write

HOSTILE = st.sampled_from(
    ["`", "```", "\n```\n", "## Definitions", "|", "</details>", "\u202e", "\x00", "\\", '"', "ä", "\u2028"]
)
texts = st.lists(HOSTILE | st.text(max_size=8), max_size=8).map("".join)
definitions = st.lists(
    st.dictionaries(texts, texts | st.integers() | st.none() | st.booleans(), max_size=4), max_size=5
)


@given(definitions)
def test_every_definition_comes_back_as_it_was_and_its_line_holds_no_markup(given_ones):
    text = "# A file\n" + "".join(block(given_ones))
    assert [found for _, found in definitions_of(text)] == given_ones
    for line, _ in definitions_of(text):
        raw = text.split("\n")[line - 1]
        assert raw.isascii()
        assert raw.isprintable()
        assert not set(raw) & set("`<>")


@given(texts)
def test_a_name_in_markdown_is_one_line_and_comes_back_as_people_see_it(text):
    shown = plain(text)
    assert shown.isprintable()
    assert "<" not in shown.replace("\\<", "")
    assert unescaped(shown) == " ".join("".join(c if c.isprintable() else " " for c in text).split())


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=3))
def test_runbooks_of_hostile_titles_and_teams_read_the_same_again(named):
    entries = [
        Entry(f"key-{at}", title, "## Fix\n\n1. Look.\n", owner=owner, meant_for=owner, used_by=title, evidence="/e/1")
        for at, (title, owner) in enumerate(named)
        if plain(title)
    ]
    if entries:
        text = write(entries)
        assert [each.key for each in read(text)] == [each.key for each in entries]
        assert write(Entry(e.key, e.title, e.markdown, e.owner, e.meant_for, o.used_by, "", o.evidence)
                     for e, o in zip(read(text), entries, strict=True)) == text  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("# No block\n", 1, "no part"),
        ("## Definitions\n\nbut no block\n", 1, "block"),
        ('## Definitions\n\n```json\n{"a": 1}\n', 5, "no end"),
        ("## Definitions\n\n```json\n{nonsense\n```\n", 4, "no JSON object"),
        ("## Definitions\n\n```json\n[1]\n```\n", 4, "no JSON object"),
        ('## Definitions\n\n```json\n{"a": NaN}\n```\n', 4, "no JSON object"),
        ("## Definitions\n\n```json\n" + "[" * 90_000 + "\n```\n", 4, "no JSON object"),
        ("## Definitions\n\n```json\n" + json.dumps({"a": "x" * 100_001}) + "\n```\n", 4, "over 100,000 signs"),
    ],
)
def test_what_is_no_block_is_refused_with_its_line(text, line, said):
    with pytest.raises(DefinitionError, match=said) as refused:
        list(definitions_of(text))
    assert refused.value.line == line
