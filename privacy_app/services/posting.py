"""Letters on paper: shown to whoever prints them, and noted as posted, after which their text is gone from here."""

from typing import Any

from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from privacy_app import evidence_kinds as kinds
from privacy_app import sealing
from privacy_app.domain.notices import Notice, Text
from privacy_app.models import Letter
from privacy_app.services.lifecycle import RequestRefused
from privacy_app.services.notices import ACKNOWLEDGES, acknowledge


def text_to_post(letter: Letter) -> Text | None:
    """Subject and body of a letter that waits for the post; None once it is posted."""
    if letter.sealed is None:
        return None
    return Text(*sealing.unseal(letter.request.key_name, letter.sealed))


@transaction.atomic
def posted(*, user: Any, letter_id: int) -> Letter:
    """Note that a letter was put into the post; its text is destroyed here, its digest stays."""
    require(user, Act.READ_REQUESTS)
    letter = Letter.objects.select_for_update().select_related("request").get(pk=letter_id)
    if not letter.to_post:
        raise RequestRefused("This letter is not one that waits for the post.")
    letter.posted_at, letter.posted_by, letter.sealed = now(), user, None
    letter.save()
    if letter.kind in ACKNOWLEDGES or letter.kind == Notice.EXTENSION:
        acknowledge(letter.request)
    payload: dict[str, str | int] = {
        "request": letter.request.req_id,
        "letter": letter.kind,
        "digest": letter.digest,
    }
    record(kinds.LETTER_POSTED, actor=actor_of(user), payload=payload)
    return letter
