"""Days as moments."""

from datetime import UTC, date, datetime, time


def start_of(day: date) -> datetime:
    """Midnight in UTC."""
    return datetime.combine(day, time.min, tzinfo=UTC)
