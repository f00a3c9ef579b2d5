"""When CronJobs are due.

https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache, partial
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kubex.core.duration import Duration
from kubex.core.exceptions import InvalidArgument

__all__ = ["Schedule", "read_schedule"]

_WORDS: Final = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_EVERY: Final = "@every "


class Schedule:
    """The times of a CronJob.

    Args:
        text: five fields, a word such as `@hourly`, or `@every 90m`.
        zone: name of a time zone; UTC where left out.

    Raises:
        InvalidArgument: the text can't be read, or there is no such zone.
    """

    def __init__(self, text: str, zone: str | None = None) -> None:
        try:
            self.zone: tzinfo = ZoneInfo(zone) if zone else UTC
        except (ZoneInfoNotFoundError, ValueError):
            raise InvalidArgument(f"unknown time zone {zone}") from None
        self._every: timedelta | None = None
        if text.startswith(_EVERY):
            seconds = max(1, int(Duration.parse(text.removeprefix(_EVERY)).total_seconds()))
            self._every = timedelta(seconds=seconds)
            return
        # Imported by the first CronJob: the start of a server says whether it is there, and its module comes before.
        from cronsim import CronSim, CronSimError

        self._times = partial(CronSim, _WORDS.get(text, text).replace("?", "*"))
        try:
            self._times(datetime.now(UTC))
        except CronSimError as error:
            raise InvalidArgument(f"{text!r} is no schedule: {error}") from None
        # All that have the same schedule ask for the same moment, some several times.
        self._next = lru_cache(maxsize=4)(self._search_next)
        self._last = lru_cache(maxsize=4)(self._search_last)

    def next_after(self, moment: datetime) -> datetime | None:
        """Give the first time after a moment; `None` if there is none within fifty years."""
        if self._every is not None:
            return moment.replace(microsecond=0) + self._every
        return self._next(moment)

    def latest(self, after: datetime, until: datetime) -> datetime | None:
        """Give the last time in a span; `None` if there is none in it.

        Args:
            after: its beginning, which is not in it.
            until: its end, which is.
        """
        if self._every is not None:
            times = (until - after) // self._every
            return after.replace(microsecond=0) + times * self._every if times > 0 else None
        found = self._last(until)
        return found if found is not None and after < found <= until else None

    def _search_next(self, moment: datetime) -> datetime | None:
        found = next(self._times(moment.astimezone(self.zone)), None)
        return found.astimezone(UTC) if found is not None else None

    def _search_last(self, until: datetime) -> datetime | None:
        beyond = until.astimezone(self.zone) + timedelta(microseconds=1)
        found = next(self._times(beyond, reverse=True), None)
        return found.astimezone(UTC) if found is not None else None


@lru_cache(maxsize=256)
def read_schedule(text: str, zone: str | None) -> Schedule:
    """Read a schedule; each is asked for whenever its CronJob is looked at.

    Raises:
        InvalidArgument: as `Schedule` does.
    """
    return Schedule(text, zone)
