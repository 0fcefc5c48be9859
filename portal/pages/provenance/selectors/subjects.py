"""From a question to what it means in the graph: a run, a dataset at a moment or in a version, or an offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lineage_app.selectors.picking import picked
from lineage_app.selectors.questions import run_of, runs_called, versions_of
from portal.core.catalog.selectors import asset_of_key, resolve_asset
from portal.pages.provenance.domain.questions import Kind, Question
from portal.pages.provenance.models import Output
from portal.pages.provenance.selectors.kept import outputs_called

OFFERED = 20


@dataclass(frozen=True)
class Found:
    """What is asked about: `run`, or `dataset` at `at` or in `version`; with `output`, what that output names."""

    question: Question
    at: datetime
    run: Any = None
    dataset: Any = None
    version: str = ""
    output: Output | None = None


@dataclass(frozen=True)
class Offer:
    """Nothing, or more than one thing, is meant: a sentence, and questions that would be clear, as (text, what)."""

    sentence: str
    choices: tuple[tuple[str, str], ...] = ()


def find(question: Question, *, now: datetime) -> Found | Offer:
    """What the question means; of a text without a prefix a run comes first, then an output, then a dataset."""
    if question.kind is Kind.ANY:
        return _any(question, now)
    if question.kind is Kind.RUN:
        return _run(question, now)
    if question.kind is Kind.OUTPUT:
        return _output(question)
    return _dataset(question, now)


def _any(question: Question, now: datetime) -> Found | Offer:
    as_run = Question(Kind.RUN, question.name)
    as_output = Question(Kind.OUTPUT, question.name)
    runs, outputs = runs_called(question.name)[:2], outputs_called(question.name)
    if runs and outputs:
        return Offer("A run and an output have this id.", ((str(as_run), "the run"), (str(as_output), "the output")))
    if runs:
        return _run(as_run, now)
    if outputs:
        return _output(as_output)
    return _dataset(Question(Kind.DATASET, question.name, at=now), now)


def _run(question: Question, now: datetime) -> Found | Offer:
    run = run_of(question.name)
    if run is None:
        return Offer(
            "No run with this id was told to the portal. If it ran just now, its events may still be on their way."
        )
    return Found(question, run.started_at or run.first_at or now, run=run)


def _output(question: Question) -> Found | Offer:
    found = outputs_called(question.name)
    if not found:
        return Offer("No product has registered an output with this id. Products register outputs through the API.")
    if len(found) > 1:
        return Offer("Several products have an output with this id.", tuple((o.question, o.namespace) for o in found))
    return _made(Question(Kind.OUTPUT, f"{found[0].namespace}/{found[0].output_id}"), found[0])


def _made(question: Question, output: Output) -> Found:
    run = run_of(output.run_id) if output.run_id else None
    if run is not None or not output.model:
        return Found(question, output.made_at, run=run, output=output)
    meant = picked(output.model).dataset
    return Found(question, output.made_at, dataset=meant, version=output.model_version, output=output)


def _dataset(question: Question, now: datetime) -> Found | Offer:
    meant = picked(question.name)
    dataset = meant.dataset or _of_asset(question.name)
    if dataset is None:
        return _offer(question, meant.offered)
    named = Question(question.kind, f"{dataset.namespace}/{dataset.name}", question.at, question.version)
    if question.kind is Kind.MODEL:
        return _version(named, dataset, now)
    at = min(question.at or now, now)
    return Found(Question(Kind.DATASET, named.name, at=at), at, dataset=dataset)


def _version(question: Question, dataset: Any, now: datetime) -> Found | Offer:
    known = versions_of(dataset)
    if not question.version:
        return _versions("Say which version of it you mean", question, known)
    if question.version not in known and run_made(dataset, question.version, now) is None:
        return _versions("No run said to have made this version", question, known)
    return Found(question, now, dataset=dataset, version=question.version)


def run_made(dataset: Any, version: str, now: datetime) -> Any:
    """The run that wrote that version of the dataset, or None."""
    from lineage_app.selectors.provenance import fed_in_version

    return fed_in_version(dataset, version, now, depth=0).steps[0].run


def _versions(sentence: str, question: Question, known: list[str]) -> Offer:
    choices = tuple((str(Question(Kind.MODEL, question.name, version=each)), f"version {each}") for each in known)
    more = "; these were told of, the newest first." if known else "; no run told of any version of it."
    return Offer(sentence + more, (*choices, (f"{Kind.DATASET}:{question.name}", "as it stands now")))


def _of_asset(name: str) -> Any:
    """The dataset of the asset that is called so: by its key, its only name or an alias."""
    asset = asset_of_key(name) or resolve_asset(name)
    return picked(asset.key).dataset if asset else None


def _offer(question: Question, offered: tuple[Any, ...]) -> Offer:
    if not offered:
        return Offer("No run, output, dataset or model is called so. Names are written as namespace/name.")
    behind = {"at": question.at, "version": question.version}
    kind = question.kind if question.kind is Kind.MODEL else Kind.DATASET
    texts = [str(Question(kind, f"{each.namespace}/{each.name}", **behind)) for each in offered[:OFFERED]]  # type: ignore[arg-type]
    return Offer("Several datasets have this in their name.", tuple((text, "") for text in texts))
