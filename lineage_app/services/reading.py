"""The kept events of a subject, parsed: the one place where the projector reads raw events."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from lineage_app.domain.events import parse
from lineage_app.domain.runs import Received
from lineage_app.models import RawEvent


def read_subjects(subjects: Iterable[UUID]) -> dict[UUID, list[Received]]:
    """Return all the kept events of each subject, parsed."""
    rows = RawEvent.objects.filter(subject__in=list(subjects)).order_by()
    found: dict[UUID, list[Received]] = defaultdict(list)
    for subject, body, digest, foreign, token, at in rows.values_list(
        "subject", "body", "body_sha256", "is_foreign", "token_id", "received_at"
    ):
        found[subject].append(Received(parse(storable(body)), bytes(digest).hex(), foreign, token, at))
    return found


def storable(body: str) -> bytes:
    r"""Return the body with \u0000 replaced, the one escape that PostgreSQL's text and jsonb cannot hold."""
    return body.replace("\\u0000", "\\ufffd").encode()
