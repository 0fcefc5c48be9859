"""ODCS, the open standard: what every other tool for data contracts reads."""

from __future__ import annotations

from collections.abc import Mapping

from contracts_app.domain.formats.notes import FormatError
from contracts_app.domain.formats.odcs import lens
from contracts_app.domain.formats.odcs.names import VERSIONS
from contracts_app.domain.formats.writing import write
from contracts_app.formats.odcs_model import check
from contracts_app.formats.registry import Exportable, Option, export_format

_STATUS = {"scheduled": "proposed", "withdrawn": "draft"}  # ODCS's examples know no word for these two


@export_format(
    "odcs",
    label="ODCS",
    hint="Open Data Contract Standard (Bitol). What it has no word for is in customProperties, so nothing is lost.",
    media_type="application/yaml",
    suffix=".odcs.yaml",
    options=(Option("api", "Version of the standard", ("as authored", *VERSIONS)),),
    order=10,
)
def to_odcs(version: Exportable, options: Mapping[str, str]) -> bytes:
    """The contract as an ODCS document in YAML."""
    data = version.loaded.source.data
    if version.loaded.digest is None:
        raise FormatError("This draft cannot be read as a contract; mend its YAML first.")
    asked = options.get("api", "")
    status = _STATUS.get(version.state, version.state) or None
    odcs = lens.export(data, api=asked if asked in VERSIONS else None, status=status)
    check(odcs)
    return write(odcs).encode()
