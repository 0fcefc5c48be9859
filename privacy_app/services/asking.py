"""Asking the systems that hold identity maps; nothing that they say is kept beyond one request's own sealed rows."""

from dataclasses import dataclass, field
from typing import Any

from portal.core.catalog import selectors as catalog
from portal.core.catalog.domain.systems import SystemRefused
from portal.core.connectors import base as connectors
from portal.core.connectors import registry
from privacy_app import matching
from privacy_app.domain.pseudonym import normalise
from privacy_app.domain.resolution import Edge, Identifier


@dataclass
class Source:
    """One system with identity maps: how many links it gave, and why it could not be asked."""

    system: Any
    links: int = 0
    error: str = ""

    @property
    def name(self) -> str:
        return str(self.system.name)

    def edges(self, kind: str, value: str) -> list[connectors.Edge]:
        """One answer; after a failure none, until the next look."""
        if self.error:
            return []
        try:
            connector = registry.capable(self.system.kind, connectors.Resolvable)  # type: ignore[type-abstract]
            found = connector.edges(catalog.system_config(self.system), connectors.Identifier(kind, value))
        except (connectors.ConnectorError, SystemRefused) as error:
            self.error = f"The identity source {self.name} could not be asked: {error}"
            return []
        self.links += len(found)
        return found


@dataclass
class Asking:
    """All sources that were not left out, as the function that `resolve` wants."""

    sources: list[Source]
    written: dict[Identifier, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, left_out: frozenset[str]) -> "Asking":
        """The registered systems with identity maps, without those of these names."""
        systems = [each for each in catalog.systems() if each.settings.get("identity_maps")]
        return cls([Source(each) for each in systems if each.name not in left_out])

    def __call__(self, identifier: Identifier) -> list[Edge]:
        """The links from one identifier, asked in every spelling in which a source may hold it."""
        spelled = {*matching.spellings(identifier.kind, identifier.value), *self.written.get(identifier, ())}
        return [
            self._read(each)
            for source in self.sources
            for value in sorted(spelled)
            for each in source.edges(identifier.kind, value)
        ]

    def _read(self, said: connectors.Edge) -> Edge:
        start, end = (Identifier(each.kind, normalise(each.kind, each.value)) for each in (said.origin, said.to))
        written = said.to.value if said.to.value != end.value else ""
        if written:
            self.written.setdefault(end, set()).add(written)
        sure = min(max(said.confidence, 0), 100)
        return Edge(start, end, said.source, sure, said.asserted, said.single_person, said.persons, written)

    def blame(self, source: str, error: str) -> None:
        """Note what one source did; `source` is a link's own, which begins with the system's name."""
        for each in self.sources:
            if source == each.name or source.startswith(f"{each.name}/"):
                each.error = error

    def troubles(self) -> list[str]:
        """Why the set cannot be frozen, one sentence a source."""
        return [each.error for each in self.sources if each.error]
