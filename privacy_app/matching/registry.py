"""Which kinds of identifier have a rule: a decorator registers one, the folder `kinds/` is walked to find them."""

from collections.abc import Callable
from typing import TypeVar

from portal.core.registry import Registry
from privacy_app.matching.base import NotOfThisKind, Rule, cleaned

_rules: Registry[Rule] = Registry("matching rule", "privacy_app.matching.kinds")
R = TypeVar("R", bound=Rule)


class Unknown(Rule):
    """A kind without a rule: compared letter by letter, never proved, never followed without a person."""

    label = "identifier"


def rule(kind: str, *also: str) -> Callable[[type[R]], type[R]]:
    """Register a Rule class under its kind and the kind's other names. Raises ValueError when one is taken."""

    def register(cls: type[R]) -> type[R]:
        cls.kind, cls.also = kind, also
        made = cls()
        for name in (kind, *also):
            _rules.add(name, made, where=cls.__module__)
        return cls

    return register


def rules() -> dict[str, Rule]:
    """Every rule by the kind's own name."""
    return {name: each for name, each in _rules.members().items() if name == each.kind}


def rule_of(kind: str) -> Rule:
    """The rule of a kind, by its own or another name; a kind that nobody described gets the careful one."""
    return _rules.members().get(kind, _UNKNOWN)


def normal_form(kind: str, text: str) -> str:
    """The one form in which an identifier of this kind is compared; never raises.

    >>> normal_form("email", " Dana@Example.COM "), normal_form("phone", "0041 79 123 45 67")
    ('dana@example.com', '+41791234567')
    """
    flat, found = cleaned(text), rule_of(kind)
    try:
        return found.normalise(flat)
    except NotOfThisKind:
        return found.loosely(flat)


def is_well_formed(kind: str, text: str) -> bool:
    """Whether a text is an identifier of this kind.

    >>> is_well_formed("email", "dana"), is_well_formed("phone", "+41 79 123 45 67")
    (False, True)
    """
    try:
        rule_of(kind).normalise(cleaned(text))
    except NotOfThisKind:
        return False
    return True


def hint(kind: str, text: str) -> str:
    """An identifier masked, for pages and letters.

    >>> hint("email", "dana@example.com"), hint("customer_id", "c_49102")
    ('d•••@e•••.com', 'c•••')
    """
    return rule_of(kind).hint(normal_form(kind, text))


def spellings(kind: str, text: str) -> list[str]:
    """The normal form first, then how systems may have written it."""
    value = normal_form(kind, text)
    return list(dict.fromkeys((value, *rule_of(kind).spellings(value))))


def labels() -> dict[str, str]:
    """What people call each kind."""
    return {name: each.label for name, each in rules().items()}


_UNKNOWN = Unknown()
