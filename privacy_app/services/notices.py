"""Letters to the subject, by way of the outbox, which keeps them sealed and clears them on delivery."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from portal.core.clock.services import now
from portal.core.identity.policies import Act, require
from portal.core.notify.services import enqueue
from privacy_app import sealing
from privacy_app.domain.notices import BUILT_IN, Notice, check, fill
from privacy_app.models import Identifier, NoticeText, Request


def tell(request: Request, kind: Notice, values: Mapping[str, str], *, number: int = 1) -> None:
    """Write one letter to the address that the requester gave; nothing where they gave none."""
    to = request.identifiers.filter(kind="email").exclude(standing=Identifier.Standing.REFUSED).first()
    if to is None or to.sealed is None:
        return
    subject, body = text_of(kind)
    known = {"reference": request.req_id, "link": status_link(request), **values}
    enqueue(
        channel="email",
        address=sealing.unseal(request.key_name, to.sealed),
        subject=fill(subject, known),
        body=fill(body, known),
        dedup_key=f"privacy:{request.req_id}:{kind}:{number}",
    )


def text_of(kind: Notice) -> tuple[str, str]:
    """Subject and body: the staff's own, else the built-in."""
    own = NoticeText.objects.filter(kind=kind).first()
    return (own.subject, own.body) if own else BUILT_IN[kind]


def status_link(request: Request) -> str:
    """The subject's own page, with the secret that no reference tells."""
    if request.sealed_secret is None:
        return f"{settings.BASE_URL}{reverse('privacy:intake')}"
    secret = sealing.unseal(request.key_name, request.sealed_secret)
    return f"{settings.BASE_URL}{reverse('privacy:status', args=[request.req_id, secret])}"


@transaction.atomic
def change_text(*, user: Any, kind: Notice, subject: str, body: str) -> NoticeText:
    """Replace a letter's text; raises UnknownPlaceholder where it names what the letter does not have."""
    require(user, Act.READ_REQUESTS)
    check(kind, subject)
    check(kind, body)
    row, _ = NoticeText.objects.update_or_create(
        kind=kind, defaults={"subject": subject, "body": body, "changed_at": now()}
    )
    return row
