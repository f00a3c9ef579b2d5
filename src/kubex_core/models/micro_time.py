"""`MicroTime`: a timestamp that is always written with microseconds, as leases and events need."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

__all__ = ["MicroTime"]


class MicroTime(datetime):
    """A `datetime` whose JSON form always has six fractional digits and an offset.

    The API server rejects a MicroTime with fewer digits (`2026-01-01T00:00:00Z` in a lease's `renewTime`), which a
    plain `datetime` at a whole second would be written as. `MicroTime.now(timezone.utc)` makes one, and
    `MicroTime.of(moment)` turns a plain `datetime` into one. Both need a time zone before they are written.
    """

    @classmethod
    def of(cls, moment: datetime) -> Self:
        """Give `moment` as a MicroTime, its time zone kept."""
        if isinstance(moment, cls):
            return moment
        return cls(
            moment.year,
            moment.month,
            moment.day,
            moment.hour,
            moment.minute,
            moment.second,
            moment.microsecond,
            moment.tzinfo,
            fold=moment.fold,
        )

    def wire(self) -> str:
        """Give the form that goes over the wire: UTC, six digits, `Z`.

        Raises:
            ValueError: no time zone: nobody could tell which moment it is.
        """
        if self.tzinfo is None:
            raise ValueError("a MicroTime needs a time zone, as MicroTime.now(timezone.utc) has one")
        return f"{self.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(
            cls.of,
            handler(datetime),
            serialization=core_schema.plain_serializer_function_ser_schema(
                cls.wire, return_schema=core_schema.str_schema(), when_used="json"
            ),
        )
