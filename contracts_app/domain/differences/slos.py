"""Changes of the SLOs, compared as they are measured: with the catalog's defaults where the author left some out."""

from __future__ import annotations

from collections.abc import Iterator

from contracts_app.domain.changes import Change, change
from contracts_app.domain.differences.values import line_of, same
from contracts_app.domain.model import Document
from contracts_app.domain.readings import AT_MOST, KEY_OF_SLO
from contracts_app.domain.terms import SloTerm, slo_terms

_MEASURED = ("window", "element", "expected", "schedule", "objective")


def slos(old: Document, new: Document) -> Iterator[Change]:
    """Every SLO that came, went or changed."""
    before, after = ({term.kind: term for term in slo_terms(document)} for document in (old, new))
    for kind, key in KEY_OF_SLO.items():
        path, line = f"slos.{key}", _line(new, kind)
        one, other = before.get(kind), after.get(kind)
        if one and other:
            yield from _slo(path, line, one, other)
            yield from _notes(path, line, old, new, kind)
        elif one:
            yield change(path, "slo.removed", f"The {_words(kind)} promise is gone.", line, old=_bound(one.target))
        elif other:
            yield change(path, "slo.added", f"A {_words(kind)} promise is new.", line, new=_bound(other.target))


def _slo(path: str, line: int, old: SloTerm, new: SloTerm) -> Iterator[Change]:
    if old.target != new.target:
        looser = (new.target[1] > old.target[1]) == (old.kind in AT_MOST) or old.target[0] != new.target[0]
        yield _moved(f"{path}.target", "slo.loosened" if looser else "slo.tightened", line, old.target, new.target)
    for name in _MEASURED:
        before, after = getattr(old, name), getattr(new, name)
        if not same(before, after):
            said = f"What is measured changed: `{name}`."
            yield change(f"{path}.{name}", "slo.measured", said, line, old=before, new=after)
    if old.alert != new.alert:
        yield _moved(f"{path}.alert", "slo.alert", line, old.alert, new.alert)
    if old.for_minutes != new.for_minutes:
        before, after = f"{old.for_minutes:g} min", f"{new.for_minutes:g} min"
        said = f"The alert waits {after}; it was {before}."
        yield change(f"{path}.for", "slo.alert", said, line, old=before, new=after)


def _notes(path: str, line: int, old: Document, new: Document, kind: str) -> Iterator[Change]:
    """Owner and runbook as written: the contract's owner stands in for a missing one and has a change of its own."""
    one, other = old.slo(kind), new.slo(kind)
    for name, change_kind in (("owner", "people.changed"), ("runbook", "text.changed")):
        before, after = (getattr(spec, name) if spec else None for spec in (one, other))
        if before != after:
            yield change(f"{path}.{name}", change_kind, f"The {name} changed.", line, old=before, new=after)


def _moved(path: str, kind: str, line: int, old: tuple[str, float], new: tuple[str, float]) -> Change:
    what = path.rpartition(".")[2]
    return change(path, kind, f"The {what} {_bound(old)} became {_bound(new)}.", line, old=_bound(old), new=_bound(new))


def _bound(bound: tuple[str, float]) -> str:
    return f"{bound[0]} {bound[1]:.15g}"


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _line(document: Document, kind: str) -> int:
    spec = document.slo(kind)
    return spec.spot.line if spec else line_of(document, "slos")
