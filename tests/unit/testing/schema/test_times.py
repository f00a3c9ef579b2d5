from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.testing.schema.times import MICRO_TIME, TIME, UnreadableTime, kept_time

ZONES = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES)


@given(MOMENTS)
def test_times_are_kept_in_utc(moment: datetime) -> None:
    plain = moment.astimezone(UTC).replace(tzinfo=None)
    assert kept_time(moment.isoformat(), TIME) == f"{plain.isoformat(timespec='seconds')}Z"
    micro = moment.isoformat(timespec="microseconds")
    assert kept_time(micro, MICRO_TIME) == f"{plain.isoformat(timespec='microseconds')}Z"


@given(
    st.text() | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d*)?(Z|\+\d\d:\d\d)?"),
    st.sampled_from([TIME, MICRO_TIME]),
)
def test_any_text_is_a_time_or_refused(text: str, time_format: str) -> None:
    try:
        kept = kept_time(text, time_format)
    except UnreadableTime:
        return
    assert kept_time(kept, time_format) == kept


@pytest.mark.parametrize("text", ["0000-02-29T00:00:00Z", "0000-02-29T00:00:00.000000Z"])
def test_a_year_before_the_first_is_kept_as_it_is(text: str) -> None:
    assert kept_time(text, MICRO_TIME if "." in text else TIME) == text


def test_numbers_are_those_of_ascii() -> None:
    with pytest.raises(UnreadableTime, match='as "2006"'):
        kept_time("٢٠٢٦-01-01T00:00:00Z", TIME)
