"""Which erased subjects a dataset holds, seen by their tokens alone: what is left once a request's key is destroyed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from portal.core.catalog import selectors as catalog
from portal.core.connectors import base as connectors
from portal.core.connectors import registry
from privacy_app import sealing
from privacy_app.domain.pseudonym import token

AT_ONCE = 1000


class NotListable(Exception):
    """This kind of system cannot list its identifiers; the sentence says what follows."""


@dataclass(repr=False)
class Seen:
    """How many values were compared, and those in clear that are on the list, by kind. Never log or keep them."""

    listed: int = 0
    matched: dict[str, set[str]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(len(values) for values in self.matched.values())

    def subject(self) -> connectors.Subject:
        """Everybody found, as the one subject that a connector erases."""
        return connectors.Subject({kind: frozenset(values) for kind, values in self.matched.items()})


def compare(config: connectors.SystemConfig, target: connectors.Target, tokens: Collection[str]) -> Seen:
    """Hold every identifier of a dataset against tokens of the suppression list, whatever their key's version.

    Raises NotListable, and ConnectorError where the system does not answer.
    """
    connector = registry.get(config.kind)
    if not isinstance(connector, connectors.Listable):
        raise NotListable(f"Systems of kind {config.kind} cannot list their identifiers, so tokens cannot be compared.")
    seen, wanted = Seen(), frozenset(tokens)
    keys = sealing.suppression_keys()
    for kind in kinds_in(target):
        for batch in _batches(connector.values(config, target, kind)):
            seen.listed += len(batch)
            for value in batch:
                if any(token(key, kind, value) in wanted for key in keys):
                    seen.matched.setdefault(kind, set()).add(value)
    return seen


def kinds_in(target: connectors.Target) -> list[str]:
    """The kinds of identifier that a placement declares: in columns, or in the parts of its keys."""
    in_keys = [part.split("}")[0] for part in str(target.settings.get("key", "")).split("{")[1:]]
    return sorted({*target.columns, *in_keys})


def probe_config(system: Any) -> connectors.SystemConfig:
    """The system's configuration for reading."""
    return catalog.system_config(system, "probe")


def _batches(values: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(values, AT_ONCE)):
        yield batch
