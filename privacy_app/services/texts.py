"""Changing what letters say: each change kept with who made it, and an entry of the ledger."""

from typing import Any

from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.kinds import Kind
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from privacy_app import evidence_kinds as kinds
from privacy_app.domain.notices import DEFAULT_LANGUAGE, Notice, check, check_body
from privacy_app.models import NoticeChange, NoticeText


@transaction.atomic
def change_text(*, user: Any, kind: Notice, subject: str, body: str, language: str = DEFAULT_LANGUAGE) -> NoticeText:
    """Replace a letter's text; raises UnknownPlaceholder where it names what the letter does not have or leaves out
    what it must say."""
    require(user, Act.READ_REQUESTS)
    check(kind, subject)
    check_body(kind, body)
    row, _ = NoticeText.objects.update_or_create(
        kind=kind, language=language, defaults={"subject": subject, "body": body, "changed_at": now()}
    )
    said = digest(f"{subject}\n\n{body}".encode())
    payload: dict[str, str | int] = {"letter": str(kind), "language": language, "digest": said}
    _note(kinds.TEXT_CHANGED, user, row, payload)
    return row


@transaction.atomic
def restore_text(*, user: Any, kind: Notice, language: str = DEFAULT_LANGUAGE) -> bool:
    """Back to the built-in text; False where it was the built-in one already."""
    require(user, Act.READ_REQUESTS)
    row = NoticeText.objects.select_for_update().filter(kind=kind, language=language).first()
    if row is None:
        return False
    row.delete()
    row.subject, row.body = "", ""
    _note(kinds.TEXT_RESTORED, user, row, {"letter": str(kind), "language": language})
    return True


def _note(kind: Kind, user: Any, row: NoticeText, payload: dict[str, str | int]) -> None:
    entry = record(kind, actor=actor_of(user), payload=payload)
    NoticeChange.objects.create(
        kind=row.kind,
        language=row.language,
        subject=row.subject,
        body=row.body,
        changed_by=user,
        changed_at=now(),
        entry=entry,
    )
