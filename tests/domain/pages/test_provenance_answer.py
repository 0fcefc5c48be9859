"""The answer's sentences, its document and its drawing."""

import re
from dataclasses import replace
from datetime import UTC, datetime

from portal.core.evidence.domain.canonical import canonical_bytes, has_float
from portal.pages.provenance.domain.answer import (
    Agreement,
    Answer,
    Erasures,
    Gap,
    Level,
    Reading,
    RunFacts,
    Signed,
    Subject,
)
from portal.pages.provenance.domain.document import LEFT_OUT, document_of
from portal.pages.provenance.domain.drawing import DRAWN, MORE, described, drawing_of, drawing_of_document
from portal.pages.provenance.domain.questions import read
from portal.pages.provenance.domain.sentences import five

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUN = RunFacts(
    run_id="train-7",
    url="/lineage/runs/7/",
    job="train",
    started_at=NOON,
    ended_at=NOON.replace(minute=5),
    revision="4f2a9c1",
    image="registry.example/train:7",
    parameters=(("customer", "ana@example.com"),),
)
LOAD = RunFacts(run_id="load-3", url="/lineage/runs/3/", job="load", ended_at=NOON.replace(hour=9))
SUBJECT = Subject(kind="run", label="run train-7", url=RUN.url)


def reading(dataset: str, distance: int, writer: RunFacts | None = None, consumer: str = "train-7") -> Reading:
    state = ("Run known", "ok") if writer else ("Source", "info")
    return Reading(dataset, "/lineage/datasets/1/", None, distance, NOON, "", "said", state, writer, consumer)


def whole() -> Answer:
    readings = (reading("lake/orders", 1, LOAD), reading("shop/raw", 2, None, "load-3"))
    signed = Signed("producer", "8c1f", "Ana Alvarez", NOON, "password_totp")
    return Answer(
        question=read("run:train-7"),
        subject=SUBJECT,
        at=NOON,
        asked_at=NOON,
        run=RUN,
        readings=readings,
        agreements=(
            Agreement("lake/orders", "/assets/1/", NOON, ("Signed", "ok"), "orders", "1.2.0", signed=(signed,)),
        ),
        levels=(Level("lake/orders", "/assets/1/", NOON, ("Stale", "warn"), "Freshness of orders"),),
        erasures=(Erasures("lake/orders", "/assets/1/", NOON, 2, NOON, NOON, (("DEL-1", "/privacy/DEL-1/"),)),),
    )


def test_the_five_answers_stand_in_sentences_and_every_count_links_to_its_rows() -> None:
    told = {each.question: each for each in five(whole())}
    assert list(told) == ["What", "When", "Where", "Who", "Why"]
    assert told["What"].text == "Run train-7, made from 2 input datasets in 2 readings, back to 1 source over 2 runs."
    assert "300 s in all" in told["When"].text
    assert "from commit 4f2a9c1, in the image registry.example/train:7" in told["Where"].text
    assert "signed by Ana Alvarez" in told["Who"].text
    assert told["Why"].text.endswith("1 contract version in force, 1 SLO state then, 2 deletions since.")
    bare = [part.text for each in told.values() for part in each.parts if not part.url]
    assert not [text for text in bare if re.search(r"\d+ [a-z]", text)], "a number without the way to its rows"


def test_a_run_that_nobody_knows_is_said_to_be_unknown_and_nothing_is_made_up() -> None:
    bare = Answer(
        question=read("demo/x"), subject=replace(SUBJECT, kind="dataset", label="demo/x"), at=NOON, asked_at=NOON
    )
    told = {each.question: each.text for each in five(bare)}
    assert told["What"] == "Demo/x. No run is known that made it."
    assert "no run is known to have written it" in told["When"]
    assert "is not known" in told["Where"]
    assert "nobody in the catalog" in told["Who"]
    assert told["Why"].startswith("Nobody said why")


def test_only_an_answer_without_a_gap_is_green() -> None:
    assert whole().state == ("Whole", "ok")
    assert replace(whole(), gaps=(Gap("limit", "Cut."),)).state == ("1 gap", "warn")


def test_a_document_names_no_person_keeps_no_parameter_and_links_no_proof() -> None:
    document = document_of(whole())
    text = canonical_bytes(document).decode()
    assert not has_float(document)
    assert "Ana Alvarez" not in text
    assert "ana@example.com" not in text
    assert "DEL-1" not in text
    assert document["run"]["parameters"] == ["customer"]
    assert document["contracts"][0]["signatures"][0]["person"] == "8c1f"
    assert "signed by 8c1f" in document["answers"]["who"]
    assert document["deletions_since"][0]["requests"] == 2


def test_what_looks_like_a_persons_address_is_left_out_of_a_document_wherever_it_stands() -> None:
    hostile = replace(whole(), readings=(reading("exports/ana@example.com", 1, LOAD),))
    text = canonical_bytes(document_of(hostile)).decode()
    assert "ana@" not in text
    assert LEFT_OUT in text


def test_the_drawing_of_a_document_has_the_arrows_of_the_answers_drawing() -> None:
    drawn, stored = drawing_of(whole()), drawing_of_document(document_of(whole()))
    assert {(e.src, e.dst, e.dashed) for e in drawn.edges} == {(e.src, e.dst, e.dashed) for e in stored.edges}
    assert len(drawn.edges) == 2
    assert described(drawn) == "2 inputs and 2 readings lead to the subject."


def test_what_is_too_much_to_draw_is_folded_and_counted() -> None:
    many = tuple(reading(f"lake/t{n}", 1, replace(LOAD, run_id=f"load-{n}")) for n in range(200))
    graph = drawing_of(replace(whole(), readings=many))
    graph.require_drawable()
    more = next(node for node in graph.nodes if node.key == MORE)
    assert more.label == f"{200 - DRAWN} more readings in the table"
