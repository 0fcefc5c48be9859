"""What the portal itself still keeps of a request, and what its purge removed."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from privacy_app import keystore
from privacy_app.models import AppealExtension, Purge, Request


@dataclass(frozen=True)
class Record:
    """The request's own data: `why` it is kept ("" when the next run destroys it), or the purge that removed it."""

    until: date | None
    why: str
    key_exists: bool
    extensions: list[AppealExtension]
    purge: Purge | None

    @property
    def extended(self) -> bool:
        """Whether a complaint keeps it longer now."""
        return any(each.ended_at is None for each in self.extensions)


def record_of(request: Request, why: str) -> Record:
    """The record of one request; `why` it is kept is the service's answer."""
    return Record(
        until=request.appeal_until,
        why=why,
        key_exists=keystore.exists(request.key_name),
        extensions=list(request.extensions.select_related("extended_by")),
        purge=purges().filter(request=request).first(),
    )


def purges() -> QuerySet[Purge]:
    """The purges with their entries."""
    return Purge.objects.select_related("entry", "request")
