"""The letters' texts that staff changed, their history, and the letters that wait for the post."""

from typing import Any

from django.db.models import QuerySet

from portal.core.identity.policies import Act, require
from privacy_app.domain.notices import Notice
from privacy_app.models import Letter, NoticeChange, NoticeText


def notice_texts(language: str) -> dict[str, NoticeText]:
    """The texts of one language that staff changed, by kind."""
    return {row.kind: row for row in NoticeText.objects.filter(language=language)}


def text_history(kind: Notice, language: str) -> QuerySet[NoticeChange]:
    """Who changed a text and when, the newest first."""
    return NoticeChange.objects.filter(kind=kind, language=language).select_related("changed_by", "entry")


def letters_to_post(user: Any) -> QuerySet[Letter]:
    """Letters on paper that nobody has posted yet, the oldest first."""
    require(user, Act.READ_REQUESTS)
    waiting = Letter.objects.filter(way=Letter.Way.POST, posted_at=None).exclude(sealed=None)
    return waiting.select_related("request").order_by("made_at")


def letter_to_post(user: Any, pk: int) -> Letter | None:
    """One of them."""
    return letters_to_post(user).filter(pk=pk).first()
