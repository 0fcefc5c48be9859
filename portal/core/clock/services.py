"""What time it is: the one place where the portal asks."""

from datetime import UTC, datetime, timedelta

from django.conf import settings

from portal.core.clock.models import ClockOffset


def now() -> datetime:
    """The present, aware, in UTC; moved by the offset row only where the settings allow it (tests, the demo)."""
    present = datetime.now(UTC)
    return present + offset() if settings.CUSTODY_CLOCK_OFFSET_ALLOWED else present


def offset() -> timedelta:
    """How far the clock is moved; nothing, as a rule."""
    row = ClockOffset.objects.first()
    return row.offset if row else timedelta()


def move(by: timedelta) -> None:
    """Set the clock's offset from the machine's clock; refused where the settings do not allow it."""
    if not settings.CUSTODY_CLOCK_OFFSET_ALLOWED:
        raise RuntimeError("The clock moves only in tests and in the demo (CUSTODY_DEMO=1).")
    ClockOffset.objects.update_or_create(only=True, defaults={"offset": by})
