"""Letters to the subject: by the outbox, which keeps them sealed and clears them on delivery, or by post.

A request without an e-mail address is answered on paper: the letter is kept sealed until somebody has posted it.
"""

from collections.abc import Mapping

from django.conf import settings
from django.urls import reverse

from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.services import record
from portal.core.identity.actors import system_actor
from portal.core.notify.services import enqueue
from privacy_app import evidence_kinds as kinds
from privacy_app import sealing
from privacy_app.domain.clocks import Law
from privacy_app.domain.letters import BUILT_IN, SUPPRESSION_BASIS
from privacy_app.domain.notices import DEFAULT_LANGUAGE, Notice, Text, fill, remedies
from privacy_app.models import Identifier, Letter, NoticeText, Request

ACTOR = "privacy.notices"
ACKNOWLEDGES = (Notice.VERIFY, Notice.RECEIPT)


def tell(
    request: Request,
    kind: Notice,
    values: Mapping[str, str],
    *,
    number: int | None = None,
    to: Identifier | None = None,
) -> Letter:
    """Write one letter in the caller's transaction: to the proved address, else the given one, else on paper.

    `number` tells two letters of one kind apart; the same number is sent once.
    """
    reader = to or _reader(request)
    text, known = text_of(kind, request.language), {**_facts(request, kind), **values}
    said = Text(" ".join(fill(text.subject, known).split()), fill(text.body, known))
    letter = _kept(request, kind, reader, said)
    if reader is not None and reader.sealed is not None:
        number = number or request.letters.filter(kind=kind).count()
        enqueue(
            channel="email",
            address=sealing.unseal(request.key_name, reader.sealed),
            subject=said.subject,
            body=said.body,
            dedup_key=f"privacy:{request.req_id}:{kind}:{number}",
        )
    return letter


def _reader(request: Request) -> Identifier | None:
    """Where letters go: once an address is proved, to no other; never to one that was refused."""
    given = request.identifiers.filter(kind="email").exclude(sealed=None)
    proved = given.filter(standing=Identifier.Standing.PROVED).first()
    if proved or request.verified_at:
        return proved
    return given.exclude(standing=Identifier.Standing.REFUSED).first()


def _kept(request: Request, kind: Notice, reader: Identifier | None, said: Text) -> Letter:
    """The row and the evidence of a letter; one for the post keeps its text, sealed."""
    by_post = reader is None
    letter = request.letters.create(
        kind=kind,
        language=request.language,
        way=Letter.Way.POST if by_post else Letter.Way.EMAIL,
        lookup=reader.lookup if reader else "",
        sealed=sealing.seal(request.key_name, list(said)) if by_post else None,
        digest=digest("\n\n".join(said).encode()),
        made_at=now(),
    )
    if kind in ACKNOWLEDGES and not by_post:
        acknowledge(request)
    payload: dict[str, str | int] = {
        "request": request.req_id,
        "letter": str(kind),
        "way": str(letter.way),
        "digest": letter.digest,
    }
    record(kinds.LETTER_WRITTEN, actor=system_actor(ACTOR), payload=payload)
    return letter


def acknowledge(request: Request) -> None:
    """Note the first letter that told the subject of the receipt (CCPA asks for it within ten business days)."""
    if request.acknowledged_at is None:
        request.acknowledged_at = now()
        Request.objects.filter(pk=request.pk).update(acknowledged_at=request.acknowledged_at)


def _facts(request: Request, kind: Notice) -> dict[str, str]:
    """What every letter may name, and the dates of the copies that stay for a while."""
    facts = {
        "reference": request.req_id,
        "link": status_link(request),
        "received": f"{request.received_at:%Y-%m-%d}",
        "due": f"{request.statutory(now()).due:%Y-%m-%d}",
    }
    if kind is Notice.DONE:
        last = request.steps.exclude(until=None).order_by("-until").values_list("until", flat=True).first()
        facts["residual_until"] = f"{last}" if last else f"{now():%Y-%m-%d}"
        facts["basis"] = SUPPRESSION_BASIS
    return facts


def text_of(kind: Notice, language: str = DEFAULT_LANGUAGE) -> Text:
    """Subject and body: the staff's own in this language, else their own in the default one, else the built-in."""
    own = {row.language: row for row in NoticeText.objects.filter(kind=kind, language__in=(language, DEFAULT_LANGUAGE))}
    row = own.get(language) or own.get(DEFAULT_LANGUAGE)
    return Text(row.subject, row.body) if row else BUILT_IN[kind]


def remedies_of(request: Request) -> str:
    """Where the subject of this request can complain."""
    return remedies(Law(request.law), settings.PRIVACY_AUTHORITY)


def status_link(request: Request) -> str:
    """The subject's own page, with the secret that no reference tells."""
    if request.sealed_secret is None:
        return f"{settings.BASE_URL}{reverse('privacy:intake')}"
    secret = sealing.unseal(request.key_name, request.sealed_secret)
    return f"{settings.BASE_URL}{reverse('privacy:status', args=[request.req_id, secret])}"
