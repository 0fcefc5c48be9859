"""What the conformance suite needs from a kind's test data: one planted subject among others, and a place to leak."""

import uuid
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from portal.core.connectors.base import Subject, SystemConfig, Target
from portal.embedded.plan import Plan


class Estate(ABC):
    """A dataset in a real engine with control subjects and, planted last, the one to erase.

    The controls include one whose e-mail contains the subject's ("xana@…"): it must neither go nor count as a hit.
    """

    config: SystemConfig
    target: Target

    def __init__(self, plan: Plan, folder: Path) -> None:
        """Keep the servers' plan and a private folder; make names of its own so that runs never meet."""
        self.plan, self.folder, self.mark = plan, folder, uuid.uuid4().hex[:10]
        self.email, self.customer = f"zz.{self.mark}@example.com", f"cust-{self.mark}"
        self.subject = Subject({"email": frozenset({self.email}), "customer_id": frozenset({self.customer})})
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
    def leak(self) -> None:
        """Put a copy of the subject's bytes where a purge that went wrong would have left it."""

    @abstractmethod
    def close(self) -> None:
        """Take everything away."""
