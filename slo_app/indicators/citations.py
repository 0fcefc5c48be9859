"""Answers held against what they cite, in one statement over three datasets: answers, documents, retrievals.

Identifiers are compared as text. A quote occurs in a document when it does so with every run of blanks taken for one.
No text of an answer, a document or a quote leaves the engine; what comes back is counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.core.connectors.base import Reader

from .base import CannotMeasure
from .sql import clock, quoted

SUPPORTED = ("supported", "grounded", "valid", "pass", "passed", "true", "yes")
UNSUPPORTED = ("unsupported", "ungrounded", "invalid", "fail", "not_supported", "false", "no")
KEYS = ("document", "document_id", "id")  # under one of these names a citation gives its document
FLAWS = {
    "unreadable": "citations that cannot be read",
    "uncited": "no citation",
    "unknown": "a document that is not there",
    "deleted": "a document that was deleted",
    "unretrieved": "a document not retrieved for it",
    "misquoted": "a quote that is not in its document",
    "unsupported": "not supported, says the judge",
}


@dataclass(frozen=True, slots=True)
class Dataset:
    """One of the three: its relation, and SQL and type of its columns by our names; "" where it has no such column."""

    relation: str
    columns: Mapping[str, str]
    types: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answered:
    """The three datasets and which rows of the answers are looked at; without `quotes`, quotes are not looked up."""

    answers: Dataset
    documents: Dataset
    retrievals: Dataset
    rows: str = ""
    quotes: bool = True


def dataset(
    reader: Reader, object_name: str, what: str, settings: Mapping[str, Any], names: Mapping[str, str]
) -> Dataset:
    """Find the columns that the settings name, or that are called as usual; a usual name with `?` may be missing.

    Where the usual name is "", the column is only looked at when the settings name it.

    Raises CannotMeasure where a column is not there.
    """
    there = reader.columns(object_name)
    columns, types = {}, {}
    for key, usual in names.items():
        said = str(settings.get(key) or "")
        name = said or usual.removesuffix("?")
        if name not in there and (said or (usual and not usual.endswith("?"))):
            raise CannotMeasure(f"The {what} have no column “{name}”. Name it in this SLO's settings (`{key}`).")
        columns[key], types[key] = (quoted(name), there[name].lower()) if name in there else ("", "")
    return Dataset(reader.beside[object_name] if object_name else reader.relation, columns, types)


@dataclass(frozen=True, slots=True)
class Json:
    """How an engine reads JSON: patterns over a column, a list and an item of it."""

    of_json: str
    of_text: str
    of_list: str
    is_list: str
    items: str
    is_object: str
    key: str
    scalar: str

    def read(self, column: str, kind: str) -> str:
        """A column of any kind as JSON; NULL where its text is none."""
        if kind.startswith("json"):
            return self.of_json.format(column)
        is_text = kind.startswith(("text", "character", "varchar")) and not kind.endswith("]")
        return (self.of_text if is_text else self.of_list).format(column)


_POSTGRES = {
    "of_json": "{0}::jsonb",
    "of_list": "to_jsonb({0})",
    "is_list": "jsonb_typeof({0}) = 'array'",
    "items": "jsonb_array_elements({0})",
    "is_object": "jsonb_typeof({0}) = 'object'",
    "key": "{0} ->> '{1}'",
    "scalar": "{0} #>> '{{}}'",
}
ENGINES = {
    "postgres": Json(of_text="CASE WHEN {0} IS JSON THEN {0}::jsonb END", **_POSTGRES),
    # before PostgreSQL 16 there is no IS JSON: a text that is none fails the probe, which says so
    "postgres 15": Json(of_text="{0}::jsonb", **_POSTGRES),
    "duckdb": Json(
        of_json="{0}::json",
        of_text="CASE WHEN json_valid({0}) THEN {0}::json END",
        of_list="to_json({0})",
        is_list="json_type({0}) = 'ARRAY'",
        items="unnest(json_extract({0}, '$[*]'))",
        is_object="json_type({0}) = 'OBJECT'",
        key="{0} ->> '$.{1}'",
        scalar="{0} ->> '$'",
    ),
}


def engine_of(reader: Reader) -> Json:
    """The reader's way with JSON."""
    if reader.dialect != "postgres":
        return ENGINES[reader.dialect]
    version = reader.row("SELECT current_setting('server_version_num')::int AS number")["number"]
    return ENGINES["postgres" if version >= 160_000 else "postgres 15"]


def statement(dialect: str, engine: Json, asked: Answered) -> str:
    """The counts of the answers, by flaw and in all."""
    parts = {
        "answers": _answers(engine, asked.answers, asked.rows),
        "cited": _cited(engine),
        "found": _found(asked.documents),
        "fetched": _fetched(asked.retrievals),
        "occurring": _occurring(asked.documents) if asked.quotes else "SELECT c FROM cited",
        "checked": CHECKED,
        "flawed": FLAWED.format(is_list=engine.is_list.format("citations")),
        "judged": JUDGED,
    }
    flaws = ", ".join(f"count(*) FILTER (WHERE NOT refused AND {flaw}) AS {flaw}" for flaw in FLAWS)
    return (
        f"WITH {', '.join(f'{name} AS ({sql})' for name, sql in parts.items())} "  # noqa: S608 - quoted by the reader
        f"SELECT {clock(dialect)} AS clock, count(*) AS answers, count(*) FILTER (WHERE refused) AS refused, "
        "count(*) FILTER (WHERE NOT refused AND sound AND verdict = 'unknown') AS undecided, "
        f"count(*) FILTER (WHERE NOT refused AND sound AND verdict = 'yes') AS good, {flaws} FROM judged"
    )


def _answers(engine: Json, answers: Dataset, rows: str) -> str:
    column = answers.columns["citations"]
    refused = f"coalesce({answers.columns['refused']}, FALSE)" if answers.columns["refused"] else "FALSE"
    return (
        f"SELECT row_number() OVER () AS n, {answers.columns['answer_id']}::text AS id, "  # noqa: S608 - quoted
        f"{engine.read(column, answers.types['citations'])} AS citations, {column} IS NULL AS silent, "
        f"{refused} AS refused, {_verdict(answers)} AS verdict FROM {answers.relation}{rows}"
    )


def _verdict(answers: Dataset) -> str:
    """What the judge said: yes, no, or unknown where it failed; yes where there is none."""
    judge = answers.columns["judge"]
    if not judge:
        return "'yes'"
    word = f"lower(trim({judge}::text))"
    return f"CASE WHEN {word} IN {SUPPORTED} THEN 'yes' WHEN {word} IN {UNSUPPORTED} THEN 'no' ELSE 'unknown' END"


def _cited(engine: Json) -> str:
    """One row a citation: of which answer, of which document, with which quote."""
    is_object = engine.is_object.format("item")
    keys = ", ".join(engine.key.format("item", key) for key in KEYS)
    quote = engine.key.format("item", "quote")
    items = (
        f"SELECT n, id, {engine.items.format('citations')} AS item FROM answers "  # noqa: S608 - our own names
        f"WHERE NOT refused AND {engine.is_list.format('citations')}"
    )
    return (
        f"SELECT row_number() OVER () AS c, n, id, "  # noqa: S608 - our own names
        f"CASE WHEN {is_object} THEN coalesce({keys}) ELSE {engine.scalar.format('item')} END AS document, "
        f"CASE WHEN {is_object} THEN nullif(trim({quote}), '') END AS quote FROM ({items}) AS items"
    )


def _found(documents: Dataset) -> str:
    """The cited documents that are there, and whether one of that name is not deleted."""
    deleted = documents.columns["deleted"]
    gone = (
        "FALSE"
        if not deleted
        else deleted
        if documents.types["deleted"].startswith("bool")
        else f"{deleted} IS NOT NULL"
    )
    name = f"{documents.columns['document_id']}::text"
    return (
        f"SELECT {name} AS document, bool_or(NOT coalesce({gone}, FALSE)) AS alive FROM {documents.relation} "  # noqa: S608
        f"WHERE {name} IN (SELECT document FROM cited) GROUP BY 1"
    )


def _fetched(retrievals: Dataset) -> str:
    """Which document was retrieved for which answer."""
    answer, document = (f"{retrievals.columns[key]}::text" for key in ("retrieval_answer_id", "retrieval_document_id"))
    return (
        f"SELECT DISTINCT {answer} AS id, {document} AS document FROM {retrievals.relation} "  # noqa: S608 - quoted
        f"WHERE {answer} IN (SELECT id FROM cited)"
    )


def _occurring(documents: Dataset) -> str:
    """The citations whose quote occurs in their document."""
    body, name = documents.columns["body"], f"{documents.columns['document_id']}::text"
    texts = (
        f"SELECT {name} AS document, {_plain(f'{body}::text')} AS body FROM {documents.relation} "  # noqa: S608 - quoted
        f"WHERE {name} IN (SELECT document FROM cited WHERE quote IS NOT NULL)"
    )
    return (
        f"SELECT DISTINCT cited.c FROM cited JOIN ({texts}) AS texts ON texts.document = cited.document "  # noqa: S608
        f"WHERE position({_plain('cited.quote')} IN texts.body) > 0"
    )


def _plain(text: str) -> str:
    """Every run of blanks as one, a hard space too."""
    return f"regexp_replace(replace({text}, chr(160), ' '), '\\s+', ' ', 'g')"


CHECKED = (
    "SELECT cited.n, "
    "count(*) FILTER (WHERE found.document IS NULL) AS unknown, "
    "count(*) FILTER (WHERE NOT found.alive) AS deleted, "
    "count(*) FILTER (WHERE fetched.document IS NULL) AS unretrieved, "
    "count(*) FILTER (WHERE cited.quote IS NOT NULL AND found.alive AND occurring.c IS NULL) AS misquoted "
    "FROM cited LEFT JOIN found ON found.document = cited.document "
    "LEFT JOIN fetched ON fetched.document = cited.document AND fetched.id = cited.id "
    "LEFT JOIN occurring ON occurring.c = cited.c GROUP BY cited.n"
)
FLAWED = (
    "SELECT answers.refused, answers.verdict, "
    "NOT answers.silent AND NOT coalesce({is_list}, FALSE) AS unreadable, "
    "answers.silent OR coalesce({is_list}, FALSE) AND checked.n IS NULL AS uncited, "
    "coalesce(checked.unknown > 0, FALSE) AS unknown, coalesce(checked.deleted > 0, FALSE) AS deleted, "
    "coalesce(checked.unretrieved > 0, FALSE) AS unretrieved, coalesce(checked.misquoted > 0, FALSE) AS misquoted, "
    "answers.verdict = 'no' AS unsupported "
    "FROM answers LEFT JOIN checked ON checked.n = answers.n"
)
JUDGED = "SELECT *, NOT (unreadable OR uncited OR unknown OR deleted OR unretrieved OR misquoted) AS sound FROM flawed"
