"""The made-up customers, the same at every start, and the dummy subject among them."""

from dataclasses import dataclass
from random import Random

COUNT = 5_000
GIVEN = ("Ada", "Ben", "Cara", "Dev", "Elif", "Femi", "Gita", "Hugo", "Ines", "Jon", "Kaya", "Liam", "Mina", "Noor")
FAMILY = ("Abel", "Bauer", "Costa", "Diaz", "Evans", "Fischer", "Gupta", "Haas", "Ito", "Jensen", "Khan", "Lopez")


@dataclass(frozen=True)
class Customer:
    """One made-up person."""

    customer_id: str
    email: str
    name: str
    device_id: str


DUMMY = Customer("c_49102", "dora.dummy@example.com", "Dora Dummy", "d-dora-49102")


def customers() -> list[Customer]:
    """COUNT made-up people and the dummy subject, reproducible."""
    chance = Random(20260907)  # noqa: S311 - made-up data must be the same at every start
    return [_make(number, chance) for number in range(COUNT)] + [DUMMY]


def _make(number: int, chance: Random) -> Customer:
    given, family = chance.choice(GIVEN), chance.choice(FAMILY)
    email = f"{given}.{family}.{number}@example.com".lower()
    return Customer(f"c_{10_000 + number}", email, f"{given} {family}", f"d-{chance.getrandbits(48):012x}")
