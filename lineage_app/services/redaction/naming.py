"""Which datasets the events that name a person speak of; their own names come back redacted."""

from collections import Counter
from collections.abc import Callable, Iterable

from lineage_app.domain.events import EventRefused, parse
from lineage_app.domain.redaction import Pattern
from lineage_app.services.reading import storable
from lineage_app.services.redaction.events import bodies_redacted


def datasets_beside(identifiers: Iterable[str]) -> dict[tuple[str, str], int]:
    """Return (namespace, name) of each dataset of a raw event that holds an identifier, with the number of events.

    Reads every event in the database and changes none. A name that itself holds an identifier comes with the mark
    in its place, so the answer may be shown. Raises IdentifierRefused as `redact` does.
    """
    found: Counter[tuple[str, str]] = Counter()
    for body in bodies_redacted(Pattern(identifiers)):
        try:
            event = parse(storable(body))
        except EventRefused:  # an event of old, which today would be refused: the count of mentions has it
            continue
        found.update({(item.full_name.namespace, item.full_name.name) for item in (*event.inputs, *event.outputs)})
    return dict(found)


def masker(identifiers: Iterable[str]) -> Callable[[str], str]:
    """Return what takes the identifiers out of a name, so that it may be shown and kept; it changes nothing else."""
    wanted = list(identifiers)
    return Pattern(wanted).redacted if wanted else str
