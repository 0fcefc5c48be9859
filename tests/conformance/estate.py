"""What the conformance suite needs from a kind's test data: one planted subject among others, and a place to leak."""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from portal.core.connectors.base import Subject, SystemConfig, Target
from portal.embedded.plan import Plan
from tests.conformance.leaks import Leak

SHAPES = ("plain", "uuid", "unicode", "long", "case")


class Estate(ABC):
    """A dataset in a real engine with control subjects and, planted last, the one to erase.

    The subject's e-mail sorts last and its customer id first, so that both are the extremes of any statistics.
    The controls include one whose e-mail contains the subject's ("xzz.…"): it must neither go nor count as a hit.
    `shape` says how the identifiers are spelled: any kind has to find a UUID, letters beyond ASCII, and long values.
    In the shape "case" the dataset holds the e-mail address with capitals, and it is all that is known of the subject.
    `needs_a_directory` tells whether the byte probe depends on a setting; `lagging` is the setting that bounds a copy
    elsewhere, and what that copy is called; `leaks` are seeded ones of the kind alone.
    """

    config: SystemConfig
    target: Target
    needs_a_directory: ClassVar[bool] = True
    lagging: ClassVar[tuple[str, str]] = ("backup_expiry_days", "backups")
    shapes: ClassVar[tuple[str, ...]] = SHAPES
    leaks: ClassVar[Mapping[Leak, str]] = {}

    def __init__(self, plan: Plan, folder: Path, shape: str = "plain") -> None:
        """Keep the servers' plan and a private folder; make names of its own so that runs never meet."""
        self.plan, self.folder, self.mark = plan, folder, uuid.uuid4().hex[:10]
        self.email, self.customer = _spelled(shape, self.mark)
        known = {"email": frozenset({self.email.lower()}), "customer_id": frozenset({self.customer})}
        self.subject = Subject({"email": known["email"]} if shape == "case" else known)
        self.look_alike = f"x{self.email}"

    def control(self, number: int) -> dict[str, Any]:
        """One other person, made from a number."""
        email = self.look_alike if number == 0 else f"c{number}.{self.mark[::-1]}@example.com"
        return {"customer_id": f"other-{self.mark[::-1]}-{number}", "email": email, "score": number}

    @abstractmethod
    def plant(self) -> None:
        """Make the dataset, with controls and the subject."""

    @abstractmethod
    def write(self, number: int) -> None:
        """Add one more control, as a running application would."""

    @abstractmethod
    def controls(self) -> set[tuple[str, str, int]]:
        """Everybody in the dataset but the subject: (customer, e-mail, score)."""

    @abstractmethod
    def everything(self) -> Iterable[bytes]:
        """What the dataset's files hold, read by means of the test's own: the connector is not asked."""

    @abstractmethod
    def leak(self) -> None:
        """Put a copy of the subject's bytes where a purge that went wrong would have left it."""

    @abstractmethod
    def close(self) -> None:
        """Take everything away."""

    def occurrences(self) -> int:
        """How often the subject's identifiers lie in the files, the look-alike's e-mail not counted."""
        email, customer, other = (each.encode() for each in (self.email, self.customer, self.look_alike))
        return sum(data.count(email) - data.count(other) + data.count(customer) for data in self.everything())


def _spelled(shape: str, mark: str) -> tuple[str, str]:
    """E-mail and customer id of the subject."""
    return {
        "plain": (f"zz.{mark}@example.com", f"cust-{mark}"),
        "uuid": (f"zz.{mark}@example.com", str(uuid.UUID(int=int(mark, 16) + (1 << 120)))),
        "unicode": (f"zzoë.žižek.{mark}@bücher.example", f"Kundin Nº {mark} 顧客 🦉"),
        "case": (f"ZzoË.{mark}@BÜcher.Example.COM", f"cust-{mark}"),
        "long": (f"zz.{'very.long.' * 20}{mark}@example.com", f"cust-{'0123456789abcdef' * 60}-{mark}"),
    }[shape]
