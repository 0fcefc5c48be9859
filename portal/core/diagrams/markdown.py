"""Foreign text in Markdown: one line in which nothing is markup, and back.

The rules of CommonMark 0.31, 2.4 (backslash escapes): every escaped sign is ASCII punctuation. Signs that cannot be
seen, as those that turn the direction of reading round, become blanks.
"""

import re

SIGNS = "\\`*_{}[]<>#!|~&:@"
_ESCAPED = re.compile(rf"\\([{re.escape(SIGNS)}.])")


def flat(text: str) -> str:
    """The text on one line, signs that cannot be seen as blanks: what a reader of `plain` sees."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def plain(text: str) -> str:
    """Foreign text as one line of Markdown in which nothing is markup.

    >>> plain("a|b <i>*x*")
    'a\\\\|b \\\\<i\\\\>\\\\*x\\\\*'
    """
    escaped = "".join(f"\\{c}" if c in SIGNS else c for c in flat(text))
    return escaped.replace("www.", "www\\.")  # or it would become a link by itself


def unescaped(text: str) -> str:
    """What `plain` was given, as `flat` gives it.

    >>> unescaped(plain("a|b <i>*x* www.here.com"))
    'a|b <i>*x* www.here.com'
    """
    return _ESCAPED.sub(r"\1", text)
