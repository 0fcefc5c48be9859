"""What the law lets, or makes, an organisation keep although a subject asked for deletion.

Sources: GDPR Art. 17(3)(a)-(e); California Civil Code section 1798.105(d)(1)-(8). A legal hold (litigation, an
authority's order) keeps data whichever law the request is under; an exemption is a right of one law, so it answers
requests under that law only. Each is for a time: it ends on a day, or somebody looks at it again on a day. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from privacy_app.domain.clocks import Law


class HoldKind(StrEnum):
    LEGAL_HOLD = "legal_hold"
    EXEMPTION = "exemption"


@dataclass(frozen=True)
class Basis:
    """One reason that the law knows; `holds` says whether a legal hold may rest on it."""

    code: str
    law: Law
    article: str
    words: str
    holds: bool = False


BASES = (
    Basis("gdpr_17_3_a", Law.GDPR, "GDPR Art. 17(3)(a)", "freedom of expression and information"),
    Basis("gdpr_17_3_b", Law.GDPR, "GDPR Art. 17(3)(b)", "a legal obligation or a public task", holds=True),
    Basis("gdpr_17_3_c", Law.GDPR, "GDPR Art. 17(3)(c)", "public interest in public health"),
    Basis("gdpr_17_3_d", Law.GDPR, "GDPR Art. 17(3)(d)", "archiving, research or statistics"),
    Basis("gdpr_17_3_e", Law.GDPR, "GDPR Art. 17(3)(e)", "establishing, exercising or defending claims", holds=True),
    Basis("ccpa_d_1", Law.CCPA, "CCPA 1798.105(d)(1)", "completing the transaction or the contract"),
    Basis("ccpa_d_2", Law.CCPA, "CCPA 1798.105(d)(2)", "security and integrity"),
    Basis("ccpa_d_3", Law.CCPA, "CCPA 1798.105(d)(3)", "finding and repairing errors"),
    Basis("ccpa_d_4", Law.CCPA, "CCPA 1798.105(d)(4)", "free speech or another right"),
    Basis("ccpa_d_5", Law.CCPA, "CCPA 1798.105(d)(5)", "the California Electronic Communications Privacy Act"),
    Basis("ccpa_d_6", Law.CCPA, "CCPA 1798.105(d)(6)", "research in the public interest, with consent"),
    Basis("ccpa_d_7", Law.CCPA, "CCPA 1798.105(d)(7)", "internal uses that the consumer may expect"),
    Basis("ccpa_d_8", Law.CCPA, "CCPA 1798.105(d)(8)", "a legal obligation", holds=True),
)
_BY_CODE = {each.code: each for each in BASES}


def basis_of(code: str) -> Basis:
    """The basis of this code; raises KeyError for one that is in no law above."""
    return _BY_CODE[code]


@dataclass(frozen=True)
class Hold:
    """One hold as the rules see it; empty `system`, `dataset` or `fields` means all of them.

    `subjects` are look-up tokens (HMAC) of identifiers; `request` a reference; both empty means everybody.
    """

    pk: int
    kind: HoldKind
    basis: Basis
    system: str = ""
    dataset: str = ""
    fields: tuple[str, ...] = ()
    subjects: frozenset[str] = frozenset()
    request: str = ""
    ends_on: date | None = None
    review_on: date | None = None
    released: bool = False


@dataclass(frozen=True)
class Asked:
    """One dataset of one request, about which the holds are asked."""

    request: str
    law: Law
    system: str
    dataset: str
    subjects: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Exemption:
    """Why a dataset is not erased; `fields` empty means all of it, `expires_on` None means until it is reviewed."""

    hold: int
    kind: HoldKind
    basis: str
    expires_on: date | None
    review_on: date | None
    fields: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """For the verdict, the page and the proof: never the free text, which may name a person.

        >>> Exemption(1, HoldKind.EXEMPTION, "GDPR Art. 17(3)(b)", date(2033, 1, 31), None, ("invoice",)).sentence
        'GDPR Art. 17(3)(b), exemption until 2033-01-31. The row stays whole because of: invoice.'
        """
        end = f"until {self.expires_on}" if self.expires_on else f"to be reviewed on {self.review_on}"
        what = "legal hold" if self.kind is HoldKind.LEGAL_HOLD else "exemption"
        kept = f" The row stays whole because of: {', '.join(self.fields)}." if self.fields else ""
        return f"{self.basis}, {what} {end}.{kept}"


def in_force(hold: Hold, today: date) -> bool:
    """Whether a hold still keeps data: not released, and its last day is not over.

    A review that is overdue does not end a hold: data that is destroyed by a forgotten date does not come back.
    """
    return not hold.released and (hold.ends_on is None or today <= hold.ends_on)


def covers(hold: Hold, asked: Asked) -> bool:
    """Whether a hold speaks about this dataset of this request, whatever the day."""
    if hold.kind is HoldKind.EXEMPTION and hold.basis.law is not asked.law:
        return False
    if hold.system not in ("", asked.system) or hold.dataset not in ("", asked.dataset):
        return False
    if hold.request not in ("", asked.request):
        return False
    return not hold.subjects or bool(hold.subjects & asked.subjects)


def strongest(holds: Iterable[Hold], asked: Asked, today: date) -> Exemption | None:
    """What keeps this dataset today, or None.

    A hold of everything comes before one of some fields, and the one that lasts longest before the others; a hold
    with no last day lasts longest. The fields of several are joined.
    """
    found = [each for each in holds if in_force(each, today) and covers(each, asked)]
    if not found:
        return None
    whole = [each for each in found if not each.fields]
    first = max(whole or found, key=lambda each: (each.ends_on or date.max, -each.pk))
    fields = () if whole else tuple(sorted({name for each in found for name in each.fields}))
    return Exemption(first.pk, first.kind, first.basis.article, first.ends_on, first.review_on, fields)


def why_refused(kind: HoldKind, basis: Basis, ends_on: date | None, review_on: date | None, today: date) -> str:
    """Why a hold cannot be placed like that, as a sentence; empty when it can.

    >>> why_refused(HoldKind.EXEMPTION, BASES[0], None, None, date(2026, 11, 23))
    'Say on which day it ends, or when somebody looks at it again: nothing is kept for ever by default.'
    """
    if kind is HoldKind.LEGAL_HOLD and not basis.holds:
        return f"A legal hold cannot rest on {basis.article}: that is an exemption. Choose another basis."
    if ends_on is None and review_on is None:
        return "Say on which day it ends, or when somebody looks at it again: nothing is kept for ever by default."
    if any(day is not None and day <= today for day in (ends_on, review_on)):
        return "The day lies in the past or is today. Give a later one."
    return ""
