"""Characters of a rule to tokens with their offsets; anything outside the small alphabet is refused here."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_LENGTH = 2000
KEYWORDS = {"and", "or", "not", "in", "is", "null", "true", "false"}
_SQL_WORDS = {"select", "from", "union", "insert", "update", "delete", "drop", "exists", "with", "case", "having"}
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<number>(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?(?![\w.]))
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<string>'(?:[^'\\\n]|'')*'|"[^"\\\n]*")
      | (?P<op><=|>=|==|!=|<>|=|<|>|[-+*/%(),\[\].])""",
    re.VERBOSE | re.ASCII,
)


class RuleError(ValueError):
    """A rule that is refused: the sentence, and the offset in the rule where it went wrong."""

    def __init__(self, message: str, at: int, *, bare_word: str = "") -> None:
        super().__init__(message)
        self.at = at
        self.bare_word = bare_word


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is number, name, string, op, a keyword of its own name, or end."""

    kind: str
    text: str
    at: int


def scan(rule: str) -> list[Token]:
    """The tokens of a rule, ending in one of kind `end`; raises RuleError.

    >>> [token.text for token in scan("amount >= 0")]
    ['amount', '>=', '0', '']
    """
    if len(rule) > MAX_LENGTH:
        raise RuleError(f"A rule has at most {MAX_LENGTH} characters; this one has {len(rule)}.", 0)
    tokens: list[Token] = []
    at = 0
    while at < len(rule):
        _refuse_foreign(rule, at)
        match = _TOKEN.match(rule, at)
        if match is None:
            raise RuleError(f"`{rule[at]}` has no meaning in a rule.", at)
        if match.lastgroup != "space":
            tokens.append(_token(str(match.lastgroup), match[0], at))
        at = match.end()
    return [*tokens, Token("end", "", len(rule))]


def _refuse_foreign(rule: str, at: int) -> None:
    """Comments and second statements get a sentence of their own."""
    if rule.startswith(("--", "/*", "#"), at):
        raise RuleError("A rule holds no comment; put the explanation into `name`.", at)
    if rule[at] == ";":
        raise RuleError("A rule is one condition; a second statement is refused.", at)


def _token(kind: str, text: str, at: int) -> Token:
    if kind != "name":
        return Token(kind, text, at)
    word = text.lower()
    if word in _SQL_WORDS:
        raise RuleError(f"`{text}` is refused: a rule is a condition over the row, without sub-selects or SQL.", at)
    return Token(word if word in KEYWORDS else "name", text, at)
