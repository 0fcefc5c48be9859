"""Which spellings of an identifier are one: letter case folds for e-mail addresses, and for nothing else.

RFC 5321 lets a host tell `Ana` from `ana`, and none that people use does; a key of a system may differ from another
person's by its letter case alone, so every other kind is compared as it is written.
"""

from itertools import product

CASELESS = frozenset({"email", "email_address"})
MOST = 6  # letters beyond ASCII whose two cases are both tried: 64 spellings


def is_caseless(kind: str) -> bool:
    """Whether letter case does not tell two identifiers of this kind apart."""
    return kind in CASELESS


def folded(kind: str, value: str) -> str:
    """The form in which a value of this kind is compared.

    >>> folded("email", "Ana@Example.com"), folded("customer_id", "C-1a")
    ('ana@example.com', 'C-1a')
    """
    return value.lower() if kind in CASELESS else value


def variants(text: str) -> list[str]:
    """Spellings of a folded text for what folds ASCII letters only, as SQLite and a search of bytes do.

    Letters beyond ASCII appear in both cases, all of them together where there are more than MOST.

    >>> variants("zoë@example.com")
    ['zoë@example.com', 'zoË@example.com']
    """
    cases = [(each, each.upper()) if _has_two_cases(each) else (each,) for each in text]
    if sum(len(case) > 1 for case in cases) <= MOST:
        return ["".join(each) for each in product(*cases)]
    return ["".join(case[0] for case in cases), "".join(case[-1] for case in cases)]


def _has_two_cases(letter: str) -> bool:
    return not letter.isascii() and len(letter.upper()) == 1 and letter.upper() != letter
