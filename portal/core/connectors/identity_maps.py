"""Identity maps as a system's settings declare them, and the edges that their rows yield."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.core.connectors.base import ConnectorError, Edge, Identifier, Setting, Subject, SystemConfig

SETTING = Setting(
    "identity_maps",
    "List of tables that tie identifiers together: object, columns (kind -> column), person (the kind that stands for"
    " one person), confidence in percent, asserted (the source states the link as fact).",
)


@dataclass(frozen=True)
class IdentityMap:
    """One declared map: `columns` maps kinds of identifier to columns, `person` is the kind that names a person."""

    object_name: str
    columns: Mapping[str, str]
    person: str
    confidence: int
    asserted: bool


def maps_from(config: SystemConfig, kind: str) -> list[IdentityMap]:
    """The system's maps that have a column for this kind. Raises ConnectorError for a map that lacks a key."""
    try:
        declared = [
            IdentityMap(
                each["object"],
                dict(each["columns"]),
                each["person"],
                int(each.get("confidence", 100)),
                bool(each.get("asserted", False)),
            )
            for each in config.settings.get("identity_maps", ())
        ]
    except KeyError as missing:
        raise ConnectorError(f"An identity map of {config.name} lacks {missing}; add it to the settings.") from None
    return [each for each in declared if kind in each.columns]


def edges_of(declared: IdentityMap, system: str, origin: Identifier, rows: Iterable[Mapping[str, str]]) -> list[Edge]:
    """Edges from `origin` to every other identifier in the rows that hold it.

    They belong to one person only when the rows name exactly one value of the person's kind.
    """
    rows = list(rows)
    persons = {row[declared.person] for row in rows if declared.person in row}
    single = len(persons) == 1
    own, held = Subject.of([origin]), {(kind, value) for row in rows for kind, value in row.items()}
    others = sorted((kind, value) for kind, value in held if not own.has(kind, value))
    source = f"{system}/{declared.object_name}"
    return [
        Edge(origin, Identifier(kind, value), source, declared.confidence, single, declared.asserted, len(persons))
        for kind, value in others
    ]
