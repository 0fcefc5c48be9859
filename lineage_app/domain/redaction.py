"""Finding a person's identifiers in text, however they are written, and replacing them by a mark.

An identifier is found in any letter case, in composed and decomposed Unicode (UAX 15), as JSON escapes (RFC 8259
section 7), percent-encoded (RFC 3986 section 2.1, also twice), as character references of HTML, with SQL's doubled
quotes, with backslashes before punctuation, and inside JSON that is itself text within JSON. It is not found where it
is compressed, hashed, encrypted or in base64: nobody can search those.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable

MARK = "[redacted]"
SHORTEST = 3
_ALONE_BELOW = 6  # characters: shorter identifiers, and those of digits only, count where they stand alone
_LONGEST = 3_900  # characters that a value may grow to, so that names stay within OpenLineage's limit
# What may stand right before an identifier that has to stand alone: no letter or digit, or the end of an escape.
_BEFORE = r"(?:(?<![^\W_])|(?<=\\[nrtbf])|(?<=%[0-9a-f]{2})|(?<=\\u[0-9a-f]{4}))"
_AFTER = r"(?![^\W_])"
_ESCAPE = re.compile(r"\\+[ux]|%[0-9a-f]{2}|&(?:#|amp|lt|gt|quot|apos)", re.IGNORECASE)
_REFERENCES = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}
_STRING = r'"(?:[^"\\]|\\.)*"'
_NUMBER = r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_TOKEN = re.compile(
    rf'(?P<field>"(?:eventTime|runId)"\s*:\s*)?(?P<text>{_STRING})(?P<key>\s*:)?|(?P<number>{_NUMBER})', re.DOTALL
)
_ENVELOPE = frozenset(
    {
        "eventTime", "eventType", "producer", "schemaURL", "run", "runId", "job", "dataset", "inputs", "outputs",
        "namespace", "name", "facets", "inputFacets", "outputFacets",
    }
)  # fmt: skip


class IdentifierRefused(ValueError):
    """An identifier cannot be searched for; the sentence does not repeat it."""


class Pattern:
    """What finds any of some identifiers; made once, used on many texts.

    Raises IdentifierRefused for none at all, for one of under SHORTEST characters, and for one that MARK would hold.
    """

    def __init__(self, identifiers: Iterable[str]) -> None:
        wanted = {unicodedata.normalize("NFC", " ".join(each.split())) for each in identifiers}
        if not wanted:
            raise IdentifierRefused("There is no identifier to look for: give at least one.")
        if min(map(len, wanted)) < SHORTEST:
            raise IdentifierRefused(f"An identifier of under {SHORTEST} characters would be found everywhere.")
        self.identifiers = sorted(wanted, key=lambda each: (-len(each), each))
        self._anchors = [max(re.split(r"[^a-z0-9]+", each.lower()), key=len) for each in self.identifiers]
        self._plain = _compiled(self.identifiers, _plain)
        self._escaped = _compiled(self.identifiers, _in_any_writing)
        if self.found_in(MARK):
            raise IdentifierRefused(f"An identifier is a part of {MARK!r}, the mark that would replace it.")

    def found_in(self, text: str) -> bool:
        """Return whether `text`, JSON or not, holds an identifier in any writing."""
        if _has_escapes(text):
            return self._escaped.search(text) is not None
        folded = text.casefold()
        return any(anchor in folded for anchor in self._anchors) and self._plain.search(text) is not None

    def redacted(self, text: str) -> str:
        """Return `text` with every occurrence replaced by MARK.

        >>> Pattern(["ana@example.com"]).redacted("to ANA%40example.com, ana@example.org")
        'to [redacted], ana@example.org'
        """
        while self.found_in(text):
            text = (self._escaped if _has_escapes(text) else self._plain).sub(MARK, text)
        return text

    def like(self) -> list[str]:
        """Return patterns of SQL's LIKE, for texts in (ASCII) lower case: what is found without escapes fits one.

        >>> Pattern(["Ana Müller"]).like()
        ['%ana%m%ller%']
        """
        return sorted({re.sub("%+", "%", f"%{''.join(map(_wild, each.lower()))}%") for each in self.identifiers})


ESCAPE_SQL = r"\\[uUxX]|%[0-9A-Fa-f]{2}|&(#|amp|lt|gt|quot|apos)"
"""A regular expression of PostgreSQL for texts with escapes, which Pattern.like does not see through."""


def _wild(character: str) -> str:
    """What LIKE has for a character: any text where it may be written in several ways, `_` where in one other."""
    if not (character.isascii() and character.isalnum()):
        return "%"
    return "_" if character in "iks" else character  # the three with a case beyond ASCII: dotless i, Kelvin, long s


def _has_escapes(text: str) -> bool:
    return ("%" in text or "\\u" in text or "&" in text or "\\x" in text or "\\U" in text or "\\X" in text) and (
        _ESCAPE.search(text) is not None
    )


def can_be_searched(identifier: str) -> bool:
    """Return whether Pattern takes this identifier.

    >>> can_be_searched("ana@example.com"), can_be_searched("42")
    (True, False)
    """
    try:
        Pattern([identifier])
    except IdentifierRefused:
        return False
    return True


def redacted_json(body: str, pattern: Pattern, run_id: Callable[[str], str]) -> str:
    """Return the JSON text `body` with the identifiers replaced in every string, key and number; all else stays.

    Matching is done on decoded strings, so no escape can hide an identifier, and white space, order and the writing
    of what is not changed are kept to the byte. A run id that holds one becomes `run_id(old)`, whole, so that two
    runs never become one. The names of the envelope's fields and a plain event time are left alone.

    >>> redacted_json('{"q": "x=\\\\u0061na@a.de",  "n": 1.0}', Pattern(["ana@a.de"]), str)
    '{"q": "x=[redacted]",  "n": 1.0}'
    """
    if not pattern.found_in(body):
        return body

    def change(token: re.Match[str]) -> str:
        if token["number"]:
            whole = re.sub(r"\.0+\Z", "", token["number"])
            return json.dumps(MARK) if pattern.redacted(whole) == MARK else token[0]
        return (token["field"] or "") + _changed_string(token, pattern, run_id) + (token["key"] or "")

    return _TOKEN.sub(change, body)


def _changed_string(token: re.Match[str], pattern: Pattern, run_id: Callable[[str], str]) -> str:
    field, old = token["field"] or "", json.loads(token["text"], strict=False)
    if (token["key"] and old in _ENVELOPE) or (field.startswith('"eventTime"') and _is_time(old)):
        return token["text"]
    new = pattern.redacted(old)
    if new == old:
        return token["text"]
    if field.startswith('"runId"'):
        return json.dumps(run_id(old))
    return json.dumps(MARK if len(new) > max(_LONGEST, len(old)) else new, ensure_ascii=False)


def _is_time(text: str) -> bool:
    return re.fullmatch(r"[\d\s:.,+TtZz-]{10,40}", text, re.ASCII) is not None


def _compiled(identifiers: Iterable[str], writing: Callable[[str], str]) -> re.Pattern[str]:
    return re.compile("|".join(_expression(each, writing) for each in identifiers), re.IGNORECASE)


def _expression(identifier: str, writing: Callable[[str], str]) -> str:
    inner = "".join(writing(character) for character in identifier)
    alone = len(identifier) < _ALONE_BELOW or identifier.isdigit()
    return f"{_BEFORE}{inner}{_AFTER}" if alone else inner


def _plain(character: str) -> str:
    """One character as it is, composed or not, in either case; punctuation also behind backslashes or doubled."""
    if character.isspace():
        return r"(?:\s|\\+[nrt]|\+|_)+"
    forms = [_literal(form) for form in sorted(_forms(character))]
    return forms[0] if len(forms) == 1 else f"(?:{'|'.join(forms)})"


def _literal(form: str) -> str:
    if form in {"'", '"'}:
        return rf"\\*{form}(?:\\*{form})?"
    return re.escape(form) if form.isalnum() or len(form) > 1 else rf"\\*{re.escape(form)}"


def _in_any_writing(character: str) -> str:
    """One character as _plain, or in any escape."""
    written = [_plain(character), *(_escaped(form) for form in sorted(_forms(character)))]
    written += [f"&{_REFERENCES[character]};"] if character in _REFERENCES else []
    repeat = "+" if character.isspace() else ""
    return f"(?:{'|'.join(written)}){repeat}"


def _forms(character: str) -> set[str]:
    """The character and its other cases, each composed and decomposed."""
    cases = {character, character.lower(), character.upper(), character.casefold()}
    return {unicodedata.normalize(form, each) for form in ("NFC", "NFD") for each in cases}


def _escaped(form: str) -> str:
    """Each code point of `form` as itself or as an escape of JSON, Python, HTML, or a URL."""
    return "".join(_code_point(c) for c in form)


def _code_point(character: str) -> str:
    number = ord(character)
    units = character.encode("utf-16-be").hex()
    escapes = [
        re.escape(character),
        "".join(rf"\\+u{units[i : i + 4]}" for i in range(0, len(units), 4)),
        "".join(f"%(?:25)*{byte:02x}" for byte in character.encode()),
        f"&#0*{number};",
        f"&#x0*{number:x};",
    ]
    escapes += [rf"\\+x{number:02x}"] if number < 256 else []
    return f"(?:{'|'.join(escapes)})"
