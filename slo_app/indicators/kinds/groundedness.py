"""Groundedness: the share of answers whose citations hold, counted by what is written down and not by an opinion.

An answer is grounded where it cites at least one document, and every document that it cites was retrieved for it and is
still there, and every quote occurs in its document. Refusals leave the denominator; so does an answer of which the
judge, where there is one, has failed. Under 200 answers the window widens, up to a day, before there is a verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.core.connectors.base import Reader

from ...domain.durations import words
from ...domain.measurement import Reading, Result, percentage
from ..base import CannotMeasure, Defaults, Indicator, Terms, when
from ..citations import FLAWS, Answered, dataset, engine_of, statement
from ..distribution import rows_within
from ..registry import indicator
from ..settings import Setting, Shape

ENOUGH = 200  # with fewer a true 98 % falls below 96 % in one hour of twenty by chance
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ANSWERS = {"answer_id": "answer_id", "citations": "citations", "refused": "refused?", "judge": ""}
DOCUMENTS = {"document_id": "document_id", "body": "body", "deleted": "deleted_at?"}
RETRIEVALS = {"retrieval_answer_id": "answer_id", "retrieval_document_id": "document_id"}
RUNBOOK = {
    "Trigger": ("The share of answers with valid citations is below its alert threshold.",),
    "Triage": (
        "See below which flaw is most frequent, and since when.",
        "Documents that are not there: look for a deletion or a rebuilt index.",
        "Documents not retrieved: look for a release of the prompt or the model.",
    ),
    "Fix": (
        "Rebuild the index where it still holds what was deleted.",
        "Put the previous prompt or model back, or switch to refusing without sources.",
    ),
    "Verify": ("Groundedness is back at its target.", "Post the post-mortem in #data-postmortems within 24 hours."),
    "Rollback": ("Put the previous release of the assistant back.",),
}


@indicator("groundedness")
class Groundedness(Indicator):
    """Percentage of answers with valid citations."""

    label = "Groundedness"
    unit = "%"
    sli = "answers whose every citation holds ÷ answers that are no refusal"
    counted = "Answers, by what is wrong with them; one answer may have several flaws"
    element_help = "The column that says when an answer was given; the only one of its kind when left out."
    window_help = "Answers of so long ago until now; an hour when left out, more where there are under 200."
    fields = (
        Setting("documents", "The documents that may be cited; “documents” beside the answers.", shape=Shape.ASSET),
        Setting("retrievals", "What was retrieved for which answer; “retrievals” beside them.", shape=Shape.ASSET),
        Setting("quotes", "Look quotes up in the documents.", shape=Shape.FLAG, default=True),
        Setting("answer_id", "Column of the answers.", default="answer_id"),
        Setting("citations", "Column of the answers: a list as JSON.", default="citations"),
        Setting("refused", "Column of the answers: true where it is a refusal.", label="Refused"),
        Setting("judge", "Column of the answers: what a judge says, where one is asked; NULL where it failed."),
        Setting("document_id", "Column of the documents.", default="document_id"),
        Setting("body", "Column of the documents: the text.", default="body"),
        Setting("deleted", "Column of the documents: set where one is deleted.", label="Deleted"),
        Setting("retrieval_answer_id", "Column of the retrievals.", default="answer_id"),
        Setting("retrieval_document_id", "Column of the retrievals.", default="document_id"),
    )
    defaults = Defaults(
        target=(">=", Decimal(98)),
        alert=("<", Decimal(96)),
        hold=timedelta(0),
        interval=HOUR,
        runbook=RUNBOOK,
    )

    def beside(self, settings: Mapping[str, Any], namespace: str) -> Mapping[str, str]:
        return {name: str(settings.get(name) or f"{namespace}/{name}") for name in ("documents", "retrievals")}

    def measure(self, reader: Reader, terms: Terms) -> Reading:
        found = _datasets(reader, terms)
        engine, reading, window = engine_of(reader), None, HOUR
        for window in _windows(reader, terms.window or HOUR):
            rows = rows_within(reader, terms.element, window)
            counted = reader.row(statement(reader.dialect, engine, replace(found, rows=rows)))
            reading = read(counted, window)
            if (reading.total or 0) >= ENOUGH:
                return _said(reading, window, terms.window or HOUR)
        assert reading is not None  # there is always a first window
        return _too_few(reading, window)


def _datasets(reader: Reader, terms: Terms) -> Answered:
    missing = {"documents", "retrievals"} - set(terms.beside)
    if missing:
        raise CannotMeasure(f"The {' and the '.join(sorted(missing))} of these answers are not known to the catalog.")
    quotes = bool(terms.settings.get("quotes", True))
    documents = DOCUMENTS if quotes else DOCUMENTS | {"body": "body?"}
    return Answered(
        dataset(reader, "", "answers", terms.settings, ANSWERS),
        dataset(reader, terms.beside["documents"], "documents", terms.settings, documents),
        dataset(reader, terms.beside["retrievals"], "retrievals", terms.settings, RETRIEVALS),
        quotes=quotes,
    )


def _windows(reader: Reader, first: timedelta) -> Iterator[timedelta]:
    """The first window and wider ones up to a day, as far as the source reaches."""
    most = min(DAY, reader.reaches or DAY)
    yield first
    wider = first * 2
    while first < most:
        yield min(wider, most)
        if wider >= most:
            return
        wider *= 2


def read(row: Mapping[str, Any], window: timedelta) -> Reading:
    """Turn the counts into a reading; without any answer to judge, into no data."""
    now = when(row["clock"])
    good = int(row["good"])
    total = int(row["answers"]) - int(row["refused"]) - int(row["undecided"])
    counts = {said: int(row[flaw]) for flaw, said in FLAWS.items()}
    counts |= {"refused": int(row["refused"]), "the judge failed": int(row["undecided"])}
    figures = {"refused_share": percentage(int(row["refused"]), int(row["answers"]))} if row["answers"] else {}
    reading = Reading(
        now, total=total, counts=counts, figures=figures, window_start=now - window, window_end=now,
        method="every citation retrieved, there, and quoted as it stands",
    )  # fmt: skip
    if not int(row["answers"]):
        return replace(reading, result=Result.NO_DATA, reason=f"There is no answer within {words(window)}.")
    return replace(reading, good=good, value=percentage(good, total)) if total else reading


def _said(reading: Reading, window: timedelta, wanted: timedelta) -> Reading:
    """The most frequent flaw, and that the window was widened."""
    flaws = {said: reading.counts[said] for said in FLAWS.values() if reading.counts[said]}
    worst = max(flaws, key=flaws.__getitem__) if flaws else ""
    parts = [f"Widened to {words(window)} for {ENOUGH} answers." if window > wanted else ""]
    parts.append(f"Most frequent: {worst} ({flaws[worst]:,})." if worst else "")
    return replace(reading, reason=" ".join(filter(None, parts)))


def _too_few(reading: Reading, window: timedelta) -> Reading:
    if reading.result is Result.NO_DATA:
        return reading
    seen = {"groundedness": reading.value} if reading.value is not None else {}
    said = f"Too few answers for a verdict: {reading.total:,} within {words(window)}; {ENOUGH} are needed."
    return replace(reading, value=None, good=None, figures={**reading.figures, **seen},
                   result=Result.INSUFFICIENT, reason=said)  # fmt: skip
