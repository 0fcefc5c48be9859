"""The five answers at the top of the page: what, when, where, who and why, in plain sentences. Plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from portal.pages.provenance.domain.answer import Answer, RunFacts, distinct

NAMED = 5


@dataclass(frozen=True)
class Part:
    """A piece of a sentence; with `url` it is a link to the rows that it comes from."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Told:
    """One of the five questions with its answer."""

    question: str
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The answer without its links."""
        return "".join(part.text for part in self.parts)


def five(answer: Answer, *, named: bool = True) -> tuple[Told, ...]:
    """The five answers; `named` is False for documents, which have opaque ids in the place of people's names."""
    return (
        Told("What", tuple(_what(answer))),
        Told("When", tuple(_when(answer))),
        Told("Where", tuple(_where(answer))),
        Told("Who", tuple(_who(answer, named=named))),
        Told("Why", tuple(_why(answer))),
    )


def counted(number: int, word: str, many: str = "") -> str:
    """The number with the word in its right form.

    >>> counted(1, "input"), counted(0, "input"), counted(2, "loss", "losses")
    ('1 input', '0 inputs', '2 losses')
    """
    return f"{number} {word if number == 1 else many or word + 's'}"


def listed(words: Sequence[str], most: int = NAMED) -> str:
    """The words as a list, `most` of them by name.

    >>> listed(["a"]), listed(["a", "b", "c"]), listed(["a", "b", "c"], 2)
    ('a', 'a, b and c', 'a, b and 1 more')
    """
    if len(words) > most:
        return f"{', '.join(words[:most])} and {len(words) - most} more"
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def said(moment: datetime) -> str:
    """A time for people, to the second.

    >>> said(datetime(2026, 3, 1, 10, tzinfo=UTC))
    '2026-03-01 10:00:00 UTC'
    """
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _what(answer: Answer) -> Iterable[Part]:
    subject = answer.subject
    yield Part(subject.label[:1].upper() + subject.label[1:], subject.url)
    if subject.product:
        yield Part(", an output of ")
        yield Part(subject.product, subject.product_url)
    if answer.run and subject.kind != "run":
        yield Part(", made by the run ")
        yield Part(answer.run.run_id, answer.run.url)
    if not answer.inputs:
        yield Part(". No input of it is known." if answer.run else ". No run is known that made it.")
        return
    yield Part(", made from ")
    yield Part(counted(len(answer.datasets), "input dataset"), "#inputs")
    yield Part(" in ")
    yield Part(counted(len(answer.inputs), "reading"), "#inputs")
    yield Part(", back to ")
    yield Part(counted(len(answer.sources), "source"), "#sources")
    yield Part(" over ")
    yield Part(counted(answer.runs, "run"), "#inputs")
    yield Part(".")


def _when(answer: Answer) -> Iterable[Part]:
    run = answer.run
    if run is None:
        yield Part(f"Asked for {said(answer.at)}; no run is known to have written it by then.")
    else:
        began = f"began {said(run.started_at)}" if run.started_at else "did not tell when it began"
        ended = f"ended {said(run.ended_at)}" if run.ended_at else "has told of no end"
        yield Part("The run ")
        took = f", {run.took_ms / 1000:g} s in all" if run.took_ms is not None else ""
        yield Part(f"{began} and {ended}{took}", run.url)
        yield Part(".")
    written = [each.writer.ended_at for each in answer.inputs if each.writer and each.writer.ended_at]
    if written:
        yield Part(" Its inputs were written between ")
        yield Part(f"{said(min(written))} and {said(max(written))}", "#inputs")
        yield Part(".")
    if answer.known_at:
        yield Part(f" As the portal knew it on {said(answer.known_at)}.")


def _where(answer: Answer) -> Iterable[Part]:
    run = answer.run
    if run is None:
        yield Part("Where it was made is not known: no run of it was told.")
    else:
        yield from _code(run)
    if answer.subject.places:
        yield Part(f" It lies in {listed(answer.subject.places)}.")
    images = distinct(each.writer.image for each in answer.inputs if each.writer and each.writer.image)
    if images:
        yield Part(" Its inputs were made in ")
        yield Part(counted(len(images), "image"), "#inputs")
        yield Part(".")


def _code(run: RunFacts) -> Iterable[Part]:
    yield Part("By the job ")
    yield Part(run.job or "without a name", run.job_url or run.url)
    yield Part(f", from commit {run.revision}" if run.revision else ", from a commit that was not told", run.url)
    yield Part(f" of {run.repository}" if run.repository else "")
    yield Part(f", in the image {run.image}" if run.image else ", in an image that was not told")
    yield Part(f", on {run.engine}." if run.engine else ".")


def _who(answer: Answer, *, named: bool) -> Iterable[Part]:
    subject = answer.subject
    yield Part("Owned by ")
    yield Part(subject.owner or "nobody in the catalog", subject.owner_url)
    owners = answer.owners
    yield Part("; its inputs by " if owners else "; no team owns an input")
    if owners:
        yield Part(listed(owners), "#inputs")
    signers = distinct(signed.name if named else signed.person for each in answer.agreements for signed in each.signed)
    yield Part(". ")
    if signers:
        yield Part(f"The contracts in force were signed by {listed(signers)}", "#contracts")
    else:
        yield Part("No signed contract was in force", "#contracts")
    brought = answer.run.brought_by if answer.run else ()
    yield Part(f". The run was told by the token {listed(brought)}." if brought else ".")


def _why(answer: Answer) -> Iterable[Part]:
    run = answer.run
    purpose = next((each.purpose for each in answer.agreements if each.purpose), "")
    if run and run.purpose:
        yield Part(f"The job says: {run.purpose.rstrip('.')}. ", run.job_url)
    if purpose:
        yield Part(f"The contract says: {purpose.rstrip('.')}. ", "#contracts")
    if run and run.begun_by:
        yield Part("It was begun by ")
        yield Part(run.begun_by, run.begun_by_url)
        yield Part(". ")
    if run and run.nominal:
        yield Part(f"It was scheduled for {run.nominal}. ")
    if not (run and (run.purpose or run.begun_by or run.nominal)) and not purpose:
        yield Part("Nobody said why: neither its job nor a contract states a purpose. ")
    yield Part(f"{counted(len(answer.in_force), 'contract version')} in force", "#contracts")
    yield Part(", ")
    yield Part(f"{counted(len(answer.judged), 'SLO state')}", "#slos")
    yield Part(" then, ")
    yield Part(counted(answer.erased, "deletion"), "#deletions")
    yield Part(" since.")
