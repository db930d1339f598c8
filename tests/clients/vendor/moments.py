"""Instants as whole microseconds since 1970, and as the vendor writes them."""

from datetime import datetime, timedelta, timezone

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
SECOND = 1_000_000
DAY = 86_400 * SECOND


def micros(at: datetime) -> int:
    """Returns the instant of `at`. A time without an offset is in UTC, as the vendor's are."""
    if at.tzinfo is None:
        at = at.replace(tzinfo=timezone.utc)
    return (at - EPOCH) // timedelta(microseconds=1)


def written(at: int) -> str:
    """Returns an instant as pydantic writes it: with six digits of a second, or with none."""
    return (EPOCH + timedelta(microseconds=at)).isoformat().replace("+00:00", "Z")
