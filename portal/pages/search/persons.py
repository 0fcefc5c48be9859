"""What reads as a person's own identifier: it is never looked for, and never stands in an address."""

import re

_MAIL = re.compile(r"[^\s@]+@[^\s@]+")
_PHONE = re.compile(r"(\+|00?)[1-9][\d\s()/.-]{5,}")


def names_a_person(text: str) -> bool:
    """Whether the text reads as an e-mail address or a telephone number.

    >>> [names_a_person(each) for each in ("ana@example.org", "+49 30 123456", "orders@2", "2026-11-23", "0a1b")]
    [True, True, True, False, False]
    """
    return bool(_MAIL.search(text) or _PHONE.fullmatch(text.strip()))
