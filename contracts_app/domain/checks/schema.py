"""The columns of a dataset against the fields of a contract: present, of the right type, and what is there besides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from contracts_app.domain.checks.names import looks_personal
from contracts_app.domain.checks.outcome import Finding, Kind, Outcome
from contracts_app.domain.checks.physical import Physical
from contracts_app.domain.checks.typefit import fit
from contracts_app.domain.model import Document, FieldSpec

SHOWN = 100  # characters of a column's name in a sentence


def schema_findings(document: Document, columns: Mapping[str, Physical]) -> Iterator[Finding]:
    """One finding a field about its presence, one about its type, and one for each column that is not declared."""
    for spec in document.fields:
        yield from _of_field(spec, columns)
    declared = {spec.name for spec in document.fields}
    for name in columns:
        if name not in declared:
            yield _undeclared(name)


def _of_field(spec: FieldSpec, columns: Mapping[str, Physical]) -> Iterator[Finding]:
    if spec.name not in columns:
        yield _missing(spec, columns)
        yield Finding(Kind.TYPE, spec.name, Outcome.NOT_RUN, "Not run: the column is missing.", spec.type)
        return
    yield Finding(Kind.SCHEMA, spec.name, Outcome.OK, "The column is there.")
    state, said = fit(spec.type, columns[spec.name])
    yield Finding(Kind.TYPE, spec.name, state, said, spec.type)
    if spec.fields:
        said = "Its parts are not tested: no statement can ask for them in every engine alike."
        yield Finding(Kind.TYPE, f"{spec.name}.*", Outcome.NOT_SUPPORTED, said)


def _missing(spec: FieldSpec, columns: Mapping[str, Physical]) -> Finding:
    """A name that differs in case only is another name: engines disagree on it, the contract does not."""
    alike = next((name for name in columns if name.lower() == spec.name.lower()), None)
    said = f"There is no column {spec.name[:SHOWN]}."
    if alike is not None:
        said = f"There is no column {spec.name[:SHOWN]}; {alike[:SHOWN]} differs from it in upper and lower case."
    return Finding(Kind.SCHEMA, spec.name, Outcome.FAILED, said)


def _undeclared(name: str) -> Finding:
    if looks_personal(name):
        said = (
            "The contract does not declare this column, and its name suggests a person's data: declare it with its pii."
        )
        return Finding(Kind.SCHEMA, name, Outcome.WARNING, said)
    return Finding(Kind.SCHEMA, name, Outcome.NOTE, "The contract does not declare this column.")
