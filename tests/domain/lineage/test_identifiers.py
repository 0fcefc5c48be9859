"""No identifier survives a redaction, whatever it was written in, and nothing else changes."""

import html
import json
import re
import unicodedata
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lineage_app.domain.redaction import ESCAPE_SQL, MARK, IdentifierRefused, Pattern, redacted_json

LETTERS = "abcnrtuxsABZ0189äßéñøЖ王\U0001f680@.+-_ '\"\\/%&<"
identifiers = st.text(LETTERS, min_size=6, max_size=14).map(
    lambda text: unicodedata.normalize("NFC", " ".join(text.split()))
)
identifiers = identifiers.filter(lambda text: len(text) >= 6 and not text.isdigit())


def every_character(text: str) -> str:
    return "".join(
        f"\\u{text.encode('utf-16-be').hex()[i : i + 4]}" for i in range(0, 4 * len(text.encode("utf-16-be")) // 2, 4)
    )


WRITINGS = {
    "plain": str,
    "upper": str.upper,
    "lower": str.lower,
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "percent": quote,
    "percent of all": lambda text: quote(text, safe=""),
    "form": quote_plus,
    "twice percent": lambda text: quote(quote(text, safe=""), safe=""),
    "sql": lambda text: text.replace("'", "''"),
    "json in text": lambda text: json.dumps(text)[1:-1],
    "json in json in text": lambda text: json.dumps(json.dumps(text))[2:-2],
    "every character escaped": every_character,
    "html": html.escape,
    "html by number": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "html by hexadecimal number": lambda text: "".join(f"&#x{ord(c):X};" for c in text),
}
ENCODERS = [
    json.dumps,
    lambda value: json.dumps(value, ensure_ascii=False),
    lambda value: json.dumps(value).replace("/", "\\/"),
]


def strings_in(value):
    if isinstance(value, dict):
        return [each for pair in value.items() for item in pair for each in strings_in(item)]
    if isinstance(value, list):
        return [each for item in value for each in strings_in(item)]
    return [value] if isinstance(value, str) else []


@given(
    identifiers, st.sampled_from(sorted(WRITINGS)), st.sampled_from(ENCODERS), st.text(max_size=5), st.text(max_size=5)
)
def test_no_occurrence_survives_in_any_writing_and_the_json_stays_valid(identifier, writing, encode, before, after):
    assume(
        "%" not in identifier
        or writing not in {"plain", "upper", "lower"}
        or "%" not in quote(identifier).replace("%25", "")
    )
    written = before + WRITINGS[writing](identifier) + after
    pattern = Pattern([identifier])
    body = encode({"a": [written, {written: 1}], "eventTime": "2026-01-01T00:00:00Z"})
    changed = redacted_json(body, pattern, str)
    assert not any(pattern.found_in(each) for each in strings_in(json.loads(changed)))
    assert MARK in changed
    assert identifier.casefold() not in " ".join(strings_in(json.loads(changed))).casefold()
    assert redacted_json(changed, pattern, str) == changed


@given(
    identifiers,
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    st.sampled_from(ENCODERS),
    st.integers(0, 3),
)
def test_what_holds_no_identifier_is_kept_to_the_byte(identifier, value, encode, blanks):
    pattern = Pattern([identifier])
    body = (" " * blanks) + encode({"x": value, "n": 1.50}) + "\n"
    assume(not pattern.found_in(body))
    assert redacted_json(body, pattern, str) == body
    with_one = body.rstrip("\n").rstrip("}") + ', "hit": ' + encode(f"<{identifier}>") + "}\n"
    assert redacted_json(with_one, pattern, str).startswith(body.rstrip("\n").rstrip("}"))


def test_only_the_identifier_goes_and_the_rest_of_the_string_stays():
    body = '{"sql":  "select * from t where m=\'Ana@Example.com\' and n = 3"}'
    assert (
        redacted_json(body, Pattern(["ana@example.com"]), str)
        == '{"sql":  "select * from t where m=\'[redacted]\' and n = 3"}'
    )


def test_several_identifiers_are_looked_for_at_once_the_longer_first():
    pattern = Pattern(["Ana Muster", "ana.muster@example.com", "+49 170 1234567"])
    assert (
        pattern.redacted("ana.muster@example.com, Ana+Muster, tel:+49%20170%201234567") == f"{MARK}, {MARK}, tel:{MARK}"
    )


@pytest.mark.parametrize(
    "text", ["id=4711", "id:4711,", '{\\"id\\":4711}', "%3D4711", "\\n4711", "a_4711_b", "(4711)", "\\u003d4711"]
)
def test_a_short_identifier_is_found_where_it_stands_alone(text):
    assert Pattern(["4711"]).found_in(text)


@pytest.mark.parametrize("text", ["14711", "47110", "a4711", "4711b", "0.14711", "2026-11-23T10:00:00Z"])
def test_a_short_identifier_is_not_found_within_a_longer_word_or_number(text):
    assert not Pattern(["4711"]).found_in(text)


def test_a_number_that_is_the_identifier_goes_and_others_stay():
    body = '{"customer": 47110815, "as_float": 47110815.0, "rows": 147110815, "share": 0.47110815}'
    assert redacted_json(body, Pattern(["47110815"]), str) == (
        f'{{"customer": "{MARK}", "as_float": "{MARK}", "rows": 147110815, "share": 0.47110815}}'
    )


def test_a_run_id_becomes_another_run_id_whole_wherever_it_is_named():
    body = '{"run": {"runId": "export-ana@a.de"}, "x": {"parent": {"run": {"runId" : "export-ana@a.de"}}}}'
    changed = redacted_json(body, Pattern(["ana@a.de"]), lambda old: f"new-{len(old)}")
    assert changed == '{"run": {"runId": "new-15"}, "x": {"parent": {"run": {"runId" : "new-15"}}}}'


def test_the_envelope_survives_identifiers_that_are_its_own_words():
    body = '{"eventTime": "2026-03-01T10:00:00Z", "job": {"namespace": "2026", "name": "name"}, "run": {"runId": "r"}}'
    changed = redacted_json(body, Pattern(["2026", "name", "run"]), str)
    assert (
        changed == f'{{"eventTime": "2026-03-01T10:00:00Z", "job": {{"namespace": "{MARK}", '
        f'"name": "{MARK}"}}, "run": {{"runId": "r"}}}}'
    )


def test_a_newline_before_a_name_does_not_make_it_another_name():
    body = json.dumps({"text": "\nana@example.com"})
    assert redacted_json(body, Pattern(["nana@example.com"]), str) == body


def test_a_value_that_would_outgrow_a_name_becomes_the_mark():
    body = json.dumps({"name": "ana@a.de" * 480})
    assert json.loads(redacted_json(body, Pattern(["ana@a.de"]), str)) == {"name": MARK}


@pytest.mark.parametrize("identifiers", [[], ["ab"], [" a "], ["redacted"], ["[redacted]"]])
def test_what_cannot_be_searched_for_is_refused_without_repeating_it(identifiers):
    with pytest.raises(IdentifierRefused) as refused:
        Pattern(identifiers)
    assert not any(each.strip() and each in str(refused.value).replace(MARK, "") for each in identifiers)


@given(identifiers, st.sampled_from(["plain", "upper", "lower", "sql", "decomposed"]))
def test_the_first_sieve_lets_through_what_the_pattern_finds(identifier, writing):
    text = json.dumps({"x": WRITINGS[writing](identifier)}, ensure_ascii=False)
    lowered = "".join(c.lower() if c.isascii() else c for c in text)
    patterns = Pattern([identifier]).like()
    assert any(_like(lowered, each) for each in patterns) or re.search(ESCAPE_SQL, text)


@given(identifiers, st.sampled_from(sorted(WRITINGS)), st.sampled_from(ENCODERS))
def test_the_first_sieve_never_holds_back_what_a_redaction_would_change(identifier, writing, encode):
    body = encode({"x": WRITINGS[writing](identifier)})
    pattern = Pattern([identifier])
    lowered = "".join(c.lower() if c.isascii() else c for c in body)
    if redacted_json(body, pattern, str) != body:
        assert any(_like(lowered, each) for each in pattern.like()) or re.search(ESCAPE_SQL, body)


def _like(text: str, pattern: str) -> bool:
    """LIKE of SQL, without an escape character."""
    parts = {"%": ".*", "_": "."}
    return re.fullmatch("".join(parts.get(c, re.escape(c)) for c in pattern), text, re.DOTALL) is not None
