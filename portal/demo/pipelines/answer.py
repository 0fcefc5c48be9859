"""The shop's assistant: made-up questions answered from the help pages, with what was retrieved and cited."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import SystemRandom
from typing import Any

import psycopg

from portal.client.lineage import Dataset, Emitter, computed, traced
from portal.demo.estate import places
from portal.demo.estate.help_pages import PAGES, HelpPage
from portal.demo.estate.names import ANSWERS, DOCUMENTS, RETRIEVALS
from portal.demo.pipelines.telling import dataset

SECONDS_AN_ANSWER = 8
LONGEST = timedelta(hours=1)
KEPT = timedelta(days=2)
REFUSED, UNFOUNDED = 0.03, 0.004  # shares of the answers
SOURCES = dataset(DOCUMENTS)
FOUND = dataset(RETRIEVALS, column_lineage={"document_id": [computed(SOURCES, "body")]})
WRITTEN = dataset(ANSWERS, column_lineage={each: [computed(SOURCES, "body")] for each in ("answer", "citations")})


@dataclass(frozen=True)
class Answer:
    """One answer with the documents that were retrieved for it."""

    at: datetime
    question: str
    text: str
    citations: list[dict[str, str]]
    refused: bool
    retrieved: tuple[str, ...]


def run(emitter: Emitter, *, since: datetime, until: datetime) -> None:
    """Answer what was asked between two times, of the last hour at most; told as one run."""
    job = traced(emitter, job="answer_questions", inputs=[SOURCES], outputs=[FOUND, WRITTEN])
    job(answer_questions)(since=max(since, until - LONGEST), until=until)


def answer_questions(*, since: datetime, until: datetime) -> list[Dataset]:
    """Write the answers and what was retrieved for each; answers of more than two days ago go."""
    answers = list(_answers(since, until))
    with psycopg.connect(places.url_as(places.PIPELINE)) as connection:
        for answer in answers:
            _write(connection, answer)
        connection.execute("DELETE FROM app.assistant_answers WHERE answered_at < %s", [until - KEPT])
    version = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    retrieved = sum(len(each.retrieved) for each in answers)
    return [FOUND.measured(rows=retrieved, version=version), WRITTEN.measured(rows=len(answers), version=version)]


def _answers(since: datetime, until: datetime) -> Iterator[Answer]:
    chance = SystemRandom()
    for _ in range(max(1, int((until - since).total_seconds() // SECONDS_AN_ANSWER))):
        yield _answer(until - (until - since) * chance.random(), chance)


def _answer(at: datetime, chance: SystemRandom) -> Answer:
    page, *others = chance.sample(PAGES, 3)
    retrieved = tuple(each.document_id for each in (page, *others))
    if chance.random() < REFUSED:
        return Answer(at, page.question, "I cannot help with that.", [], True, retrieved)
    cited = (
        chance.choice([each for each in PAGES if each.document_id not in retrieved])
        if (chance.random() < UNFOUNDED)
        else page
    )
    return Answer(at, page.question, page.fact, [_citation(cited)], False, retrieved)


def _citation(page: HelpPage) -> dict[str, str]:
    return {"document": page.document_id, "quote": page.fact}


def _write(connection: psycopg.Connection, answer: Answer) -> None:
    values: list[Any] = [answer.at, answer.question, answer.text, json.dumps(answer.citations), answer.refused]
    connection.execute(
        "WITH made AS (INSERT INTO app.assistant_answers (answered_at, question, answer, citations, refused)"
        " VALUES (%s, %s, %s, %s, %s) RETURNING answer_id)"
        " INSERT INTO app.assistant_retrievals (answer_id, document_id)"
        " SELECT answer_id, unnest(%s::text[]) FROM made",
        [*values, list(answer.retrieved)],
    )
