"""`MicroTime` as structs and Pydantic models read and write it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from kubex_core.models._struct_codec import decoder_for, encode
from kubex_core.models.base_struct import BaseStruct
from kubex_core.models.micro_time import MicroTime

OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# A day from the ends: moments whose UTC form no datetime can hold are no moments of this library.
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC) | OFFSETS)


class Lease(BaseStruct, kw_only=True):
    renew_time: MicroTime | None = None


class PydanticLease(BaseModel):
    renew_time: MicroTime


@pytest.mark.parametrize(
    ("moment", "wire"),
    [
        (MicroTime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05.000000Z"),
        (MicroTime(2026, 1, 2, 3, 4, 5, 120000, tzinfo=UTC), "2026-01-02T03:04:05.120000Z"),
        (MicroTime(2026, 1, 2, 3, 4, 5, 1, tzinfo=UTC), "2026-01-02T03:04:05.000001Z"),
        (MicroTime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000000Z"),
        (MicroTime(987, 6, 5, tzinfo=UTC), "0987-06-05T00:00:00.000000Z"),
        (MicroTime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=2))), "2025-12-31T23:00:00.000000Z"),
        (MicroTime(2026, 1, 1, tzinfo=timezone(timedelta(seconds=-1))), "2026-01-01T00:00:01.000000Z"),
    ],
)
def test_the_wire_form_is_utc_with_six_digits(moment: MicroTime, wire: str) -> None:
    assert moment.wire() == wire
    assert encode(Lease(renew_time=moment)) == f'{{"renewTime":"{wire}"}}'.encode()
    assert Lease(renew_time=moment).model_dump(mode="json") == {"renew_time": wire}
    assert PydanticLease(renew_time=moment).model_dump(mode="json") == {"renew_time": wire}
    assert json.loads(PydanticLease(renew_time=moment).model_dump_json()) == {"renew_time": wire}


@given(MOMENTS)
def test_what_is_written_is_read_again(moment: datetime) -> None:
    lease = Lease(renew_time=MicroTime.of(moment))
    data = encode(lease)
    assert re.fullmatch(rb'\{"renewTime":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"\}', data)
    read = decoder_for(Lease).decode(data)
    assert read == lease
    assert type(read.renew_time) is MicroTime


@pytest.mark.parametrize(
    ("wire", "moment"),
    [
        ("2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T03:04:05.123Z", datetime(2026, 1, 2, 3, 4, 5, 123000, tzinfo=UTC)),
        ("2026-01-02T03:04:05.123456789Z", datetime(2026, 1, 2, 3, 4, 5, 123457, tzinfo=UTC)),
        ("2026-01-02T05:04:05+02:00", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
    ],
)
def test_any_number_of_digits_is_read(wire: str, moment: datetime) -> None:
    read = decoder_for(Lease).decode(f'{{"renewTime":"{wire}"}}').renew_time
    assert read == moment
    assert type(read) is MicroTime
    validated = PydanticLease.model_validate({"renew_time": wire}).renew_time
    assert type(validated) is MicroTime
    # Pydantic cuts nanoseconds off, msgspec rounds.
    assert abs(validated - MicroTime.of(moment)) <= timedelta(microseconds=1)


def test_without_a_time_zone_it_is_not_written() -> None:
    naive = MicroTime(2026, 1, 1)
    with pytest.raises(ValueError, match=r"needs a time zone, as MicroTime\.now\(timezone\.utc\)"):
        naive.wire()
    with pytest.raises(ValueError, match="needs a time zone"):
        encode(Lease(renew_time=naive))
    with pytest.raises(ValueError, match="needs a time zone"):
        PydanticLease(renew_time=naive).model_dump_json()


def test_of_keeps_moment_zone_and_fold() -> None:
    moment = datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=1)), fold=1)
    made = MicroTime.of(moment)
    assert (made, made.tzinfo, made.fold, type(made)) == (moment, moment.tzinfo, 1, MicroTime)
    assert MicroTime.of(made) is made
    assert MicroTime.of(datetime(2026, 1, 1)).tzinfo is None


def test_arithmetic_stays_a_micro_time() -> None:
    now = MicroTime.now(UTC)
    assert type(now + timedelta(seconds=15)) is MicroTime
    assert type(now.replace(microsecond=0)) is MicroTime


@pytest.mark.parametrize("value", ["yesterday", 5, [], ""])
def test_what_is_no_time_is_refused(value: object) -> None:
    with pytest.raises(msgspec.ValidationError, match=r"\$\.renewTime"):
        decoder_for(Lease).decode(msgspec.json.encode({"renewTime": value}))
    with pytest.raises(msgspec.ValidationError, match=r"\$\.renewTime"):
        Lease.model_validate({"renewTime": value})


def test_pydantic_s_json_schema() -> None:
    schema = PydanticLease.model_json_schema()["properties"]["renew_time"]
    assert (schema["type"], schema["format"]) == ("string", "date-time")
