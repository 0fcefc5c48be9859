"""Which methods of signing exist: a decorator registers one, this package is walked to find them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TypeVar

from portal.core.registry import Registry
from portal.core.signing.proofs.base import Nothing, Proof

_methods: Registry[type[Proof]] = Registry("method", "portal.core.signing.proofs")
P = TypeVar("P", bound=type[Proof])


def method(name: str, *, rank: int) -> Callable[[P], P]:
    """Register a Proof under the name that signatures will bear. Raises ValueError when the name is taken."""

    def register(cls: P) -> P:
        cls.name, cls.rank = name, rank
        _methods.add(name, cls, where=cls.__module__)
        return cls

    return register


@cache
def methods() -> tuple[type[Proof], ...]:
    """Every method, the strongest first."""
    return tuple(sorted(_methods.members().values(), key=lambda each: each.rank))


def read(sent: Mapping[str, str]) -> Proof | Nothing:
    """What a form proved by; of two methods in one form the stronger counts."""
    found = (each.read(sent) for each in methods())
    return next((proof for proof in found if proof is not None), Nothing())


def strength_of(name: str) -> str:
    """What a method is worth, in words; a method that is gone is named as it was stored."""
    return next((each.strength for each in methods() if each.name == name), name)
