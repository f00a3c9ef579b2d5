"""`MicroTime`: a timestamp that is always written with microseconds, as leases and events need."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["MicroTime"]


class MicroTime(datetime):
    """A `datetime` whose JSON form always has six fractional digits and an offset.

    The API server rejects a MicroTime with fewer digits (`2026-01-01T00:00:00Z` in a lease's `renewTime`), which a
    plain `datetime` at a whole second would be written as. `MicroTime.now(timezone.utc)` makes one, and
    `MicroTime.of(moment)` turns a plain `datetime` into one.
    """

    @classmethod
    def of(cls, moment: datetime) -> MicroTime:
        """Give `moment` as a MicroTime; one without a time zone is taken as UTC."""
        return cls(
            moment.year,
            moment.month,
            moment.day,
            moment.hour,
            moment.minute,
            moment.second,
            moment.microsecond,
            moment.tzinfo or UTC,
            fold=moment.fold,
        )

    def wire(self) -> str:
        """Give the form that goes over the wire: UTC, six digits, `Z`."""
        moment = self if self.tzinfo else self.replace(tzinfo=UTC)
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")
