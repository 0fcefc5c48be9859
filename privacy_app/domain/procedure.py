"""The standard procedure of a deletion proof, written from the tables that the code itself runs on.

Nothing here is prose about the code: transitions, verdicts, kinds of system and periods are passed in or computed, so
the document changes when they do. The verdict table is made by judging one case of each row. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from privacy_app.domain import clocks, steps
from privacy_app.domain.artifact import STATUS_OF, Verb
from privacy_app.domain.plan import Place
from privacy_app.domain.request import Action, State, words
from privacy_app.domain.verdict import PROBES, STATUS, Judgement, Probe, Residual, Verdict, completes, judge

Row = tuple[str, ...]
Transitions = Mapping[tuple[State, Action], State]


@dataclass(frozen=True)
class Section:
    """One chapter: sentences, and a table with its caption and head."""

    title: str
    text: tuple[str, ...] = ()
    head: Row = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What comes from outside this package: registries, rights, settings; each a list of rows of words."""

    systems: tuple[Row, ...]
    identifiers: tuple[Row, ...]
    roles: tuple[Row, ...]
    periods: tuple[Row, ...]
    entries: tuple[Row, ...]
    keys: tuple[str, ...]
    version: str
    transitions: Transitions = field(default_factory=dict)


PLACES = {
    Place.SUPPRESSION: "the suppression tokens become active, so that no pipeline brings the subject back",
    Place.DERIVED: "data; the farther a copy is from its source, the earlier",
    Place.IDENTITY_SOURCE: "systems that told who the subject is, since a retry may have to ask them again",
    Place.BACKUP: "backups",
    Place.PORTAL: "the portal itself: its lineage at once, its own record when the appeal window ends",
}
_FOUND, _CLEAN, _NONE = Probe(1, 0), Probe(1, 0), Probe(0, 0)
_HIT, _BLIND = Probe(1, 1), Probe(None, None, "no file access")
_BOUND, _OPEN = Residual("backup", date(2026, 12, 22)), Residual("backup", None)


def _probes(logical: Probe, decoded: Probe = _CLEAN, raw: Probe = _CLEAN) -> dict[str, Probe]:
    return dict(zip(PROBES, (logical, decoded, raw), strict=True))


CASES: tuple[tuple[str, Mapping[str, Probe], tuple[Residual, ...], str], ...] = (
    ("the logical query still finds the subject", _probes(_HIT), (), ""),
    ("decoded files or raw bytes still hold the subject in live data", _probes(_FOUND, raw=_HIT), (), ""),
    ("clean; a declared copy (log, snapshot, backup) ends on a known day", _probes(_FOUND), (_BOUND,), ""),
    ("clean; a copy has no known end", _probes(_FOUND), (_OPEN,), ""),
    ("clean on every declared probe", _probes(_FOUND), (), ""),
    ("not found there before either", _probes(_NONE, _NONE, _NONE), (), ""),
    ("a probe cannot run", _probes(_FOUND, _BLIND, _BLIND), (), ""),
    ("exempt or held", _probes(_HIT), (), "a basis in law"),
)


def sections(facts: Facts) -> list[Section]:
    """The whole procedure."""
    return [
        Section(
            "Who does what",
            ("Nobody approves what they planned (four eyes).",),
            ("Act", "Roles"),
            facts.roles,
        ),
        Section("The life of a request", (), ("State", "What happens", "State after it"), _moves(facts.transitions)),
        Section("Clocks", ("All clocks start at receipt. A pause is shown; it moves no deadline.",), *_clocks()),
        Section(
            "Identifiers",
            ("Only what was proved in this request seeds the search. What the requester merely claims is a hint.",),
            ("Kind", "How values are compared"),
            facts.identifiers,
        ),
        Section("Order of deletion", (), ("Place", "What"), tuple((str(p + 1), PLACES[p]) for p in Place)),
        Section(
            "Systems",
            ("A system of any other kind keeps a plan from being approved until somebody answers for it.",),
            ("Kind", "What its deletion does", "Backup", "Can list identifiers", "Can resolve identities"),
            facts.systems,
        ),
        Section("Retries", _retries()),
        Section("Probes and verdicts", _how_probed(), ("What the probes say", "Verdict", "Completes"), _verdicts()),
        Section("Words for what was done", (), ("Action", "Status when it was shown"), _verbs()),
        Section("The proof", _proof(facts), ("Key",), tuple((key,) for key in facts.keys)),
        Section("Entries in the ledger", (), ("Kind", "Sentence"), facts.entries),
        Section("What is kept, and how long", (), ("What", "How long", "Set by"), facts.periods),
    ]


def _moves(transitions: Transitions) -> tuple[Row, ...]:
    straight = [(words(state), words(action), words(target)) for (state, action), target in transitions.items()]
    return (*straight, (words(State.PAUSED), words(Action.RESUME), "where the pause began"))


def _clocks() -> tuple[Row, tuple[Row, ...]]:
    hours = timedelta(hours=1)
    rows = (
        ("our own", f"{clocks.SLO // hours} hours; pages at {clocks.ALERT_AT // hours} hours"),
        ("GDPR Art. 12(3)", "one calendar month, three with a notice inside the first"),
        (
            "CCPA",
            (
                f"{clocks.CCPA_ANSWER.days} days, twice that with a notice; "
                f"acknowledged in {clocks.CCPA_ACKNOWLEDGE_BUSINESS_DAYS} business days"
            ),
        ),
    )
    return ("Clock", "Deadline"), rows


def _retries() -> tuple[str, ...]:
    waits = [steps.wait_after(number) for number in range(1, steps.ATTEMPTS)]
    return (
        f"A step is tried {steps.ATTEMPTS} times, with waits of {', '.join(_length(each) for each in waits)}.",
        (
            f"A worker holds a step for {_length(steps.LEASE)} at a time; one that dies leaves it to the next, with a "
            "fencing number that is asked before anything is replaced."
        ),
        "“Not found” on a retry is success. A system that fails keeps no other from running.",
    )


def _how_probed() -> tuple[str, ...]:
    return (
        f"Each system is looked at in {len(PROBES)} ways, before and after: {', '.join(PROBES)}.",
        "The headline of the proof follows the weakest verdict: " + ", ".join(each.value for each in Verdict) + ".",
    )


def _verdicts() -> tuple[Row, ...]:
    """Every row judged by the code that judges the real ones."""
    return tuple(_verdict(what, judge(probes, left, exemption=basis)) for what, probes, left, basis in CASES)


def _verdict(what: str, judgement: Judgement) -> Row:
    accepted = completes(judgement, accepted_unprobed=True)
    answer = "yes" if completes(judgement) else "as accepted in the approved plan" if accepted else "no"
    return what, f"{judgement.verdict.value} ({judgement.status})", answer


def _verbs() -> tuple[Row, ...]:
    usual = {verb: status for (verb, _), status in STATUS_OF.items()}
    usual[Verb.DELETE] = STATUS[Verdict.ERASED]
    return tuple((verb.value, usual.get(verb, "as the verdict says")) for verb in Verb)


def _proof(facts: Facts) -> tuple[str, ...]:
    return (
        f"Canonical JSON (RFC 8785), version {facts.version} of its format, published with the portal.",
        "verification_hash is sha256: over the canonical list of [dataset, count, timestamp] of the last queries.",
        "Identifiers are HMAC-SHA-256 tokens under a key of this request alone, which goes to the subject.",
    )


def _length(span: timedelta) -> str:
    """A length in words.

    >>> _length(timedelta(minutes=30)), _length(timedelta(seconds=90))
    ('30 min', '90 s')
    """
    seconds = int(span.total_seconds())
    return f"{seconds // 60} min" if seconds >= 120 and seconds % 60 == 0 else f"{seconds} s"


def to_markdown(chapters: Sequence[Section], *, organisation: str, made_from: str) -> str:
    """The document as Markdown; `made_from` names the version of the software."""
    return "\n".join(_lines(chapters, organisation, made_from)) + "\n"


def _lines(chapters: Sequence[Section], organisation: str, made_from: str) -> Iterator[str]:
    yield f"# Deletion proof flow{f' of {organisation}' if organisation else ''}"
    yield ""
    yield f"Written by {made_from} from its own tables. Do not edit: change those and write it anew."
    for number, chapter in enumerate(chapters, 1):
        yield from ("", f"## {number}. {chapter.title}", "")
        yield from (f"{each}\n" for each in chapter.text)
        if chapter.rows:
            yield _row(chapter.head)
            yield _row(tuple("---" for _ in chapter.head))
            yield from (_row(each) for each in chapter.rows)


def _row(cells: Row) -> str:
    return "| " + " | ".join(each.replace("|", "\\|").replace("\n", " ") for each in cells) + " |"
