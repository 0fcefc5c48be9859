"""Who acted, as the ledger knows it: never a name, never an address."""

from dataclasses import dataclass

from portal.core.evidence.domain.canonical import is_digest


@dataclass(frozen=True, slots=True)
class Actor:
    """An opaque id, the role held at the time, and the digest of the display name ("" for the portal itself)."""

    id: str
    role: str
    name_digest: str = ""

    def __post_init__(self) -> None:
        if not self.id or "@" in self.id:
            raise ValueError("An actor's id is opaque: give a public id, not an e-mail address and not nothing.")
        if self.name_digest and not is_digest(self.name_digest):
            raise ValueError("An actor's name_digest is a digest (sha256:…) of the name, never the name.")

    @property
    def label(self) -> str:
        """The actor in words: the role and enough of the id to tell two apart; parts of the portal by their name."""
        if self.id.startswith("system:"):
            return f"the portal ({self.id.removeprefix('system:')})"
        return f"{self.role.replace('_', ' ').replace('+', ' and ')} {self.id[:8]}".strip()
