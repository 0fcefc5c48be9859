"""A live table or a folder of Parquet files of one's own team, as a draft: read by the role that probes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts_app.domain.formats.notes import FormatError, Imported, Note
from contracts_app.formats.columns import Column, fields_of, head_of, left, missing
from contracts_app.formats.drafting import draft
from contracts_app.formats.postgres_columns import Described, describe
from contracts_app.formats.registry import import_format
from portal.core.catalog.domain.systems import SystemRefused
from portal.core.catalog.selectors import system_config
from portal.core.connectors import registry
from portal.core.connectors.base import ConnectorError, Measurable, Reader

if TYPE_CHECKING:
    from portal.core.catalog.models import Placement

TIMEOUT_S = 10


@import_format(
    "live_table",
    label="Live table",
    hint="A table or a folder of Parquet files in a registered system: columns, types, keys. No row is read.",
    needs="placement",
    order=40,
)
def from_table(placement: Placement) -> Imported:
    """The draft of what the engine says of the dataset."""
    found = _described(placement)
    fields, notes = fields_of(found.columns)
    data = head_of(placement.asset, placement.asset.name)
    if found.description:
        data["description"] = found.description
    data["schema"] = fields
    notes = [*missing(data, fields), *notes, *_left(found)]
    return draft(data, notes, origin=f"{placement.object_name} in {placement.system.name}")


def _described(placement: Placement) -> Described:
    try:
        connector = registry.capable(placement.system.kind, Measurable)
        config = system_config(placement.system)
        with connector.reader(
            config, placement.object_name, timeout_s=TIMEOUT_S, settings=placement.settings
        ) as reader:
            return _of(reader)
    except (ConnectorError, SystemRefused) as error:
        raise FormatError(f"{placement.system.name} could not be read: {error}") from None


def _of(reader: Reader) -> Described:
    """PostgreSQL says more than names and types; other engines do not."""
    if reader.dialect == "postgres":
        return describe(reader)
    return Described(tuple(Column(name, kind) for name, kind in reader.columns().items()), 0, "", (), ())


def _left(found: Described) -> list[Note]:
    notes = [left("schema", f"`{text[:200]}` is not carried: write it as a rule or a limit.") for text in found.checks]
    notes += [left("schema", f"`{text[:200]}` is not carried: the format has no word for it.") for text in found.keys]
    if found.hidden:
        plural = "column is" if found.hidden == 1 else "columns are"
        notes.append(left("schema", f"{found.hidden} {plural} hidden from the role that probes, and left out."))
    return notes
