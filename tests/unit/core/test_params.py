from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.core.exceptions import InvalidArgument
from kubex.core.params import (
    DryRun,
    FieldValidation,
    Precondition,
    PropagationPolicy,
    ResourceVersion,
    Timeout,
    VersionMatch,
)

SECONDS = st.none() | st.integers(0, 10**6) | st.floats(0, 1e300)
PHASES = ("total", "connect", "read", "write", "pool")


@given(st.tuples(SECONDS, SECONDS, SECONDS, SECONDS, SECONDS))
def test_a_timeout_keeps_what_it_is_given(seconds: tuple[float | None, ...]) -> None:
    timeout = Timeout(*seconds)
    assert (timeout.total, timeout.connect, timeout.read, timeout.write, timeout.pool) == seconds
    assert Timeout(**dict(zip(PHASES, seconds, strict=True))) == timeout
    assert hash(Timeout(*seconds)) == hash(timeout)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("seconds", [-1, -0.001, math.nan, math.inf, -math.inf, 10**400, True, "5", b"5", [], ...])
def test_bad_seconds_are_refused(phase: str, seconds: Any) -> None:
    with pytest.raises(InvalidArgument, match=f"timeout {phase}="):
        Timeout(**{phase: seconds})


@pytest.mark.parametrize("seconds", [-1, math.nan, True, "5", {}])
def test_bad_seconds_are_refused_when_coerced(seconds: Any) -> None:
    with pytest.raises(InvalidArgument, match="timeout total="):
        Timeout.coerce(seconds)


def test_coerce() -> None:
    timeout = Timeout(read=3)
    assert Timeout.coerce(timeout) is timeout
    assert Timeout.coerce(None) is None
    assert Timeout.coerce(5) == Timeout(total=5)
    assert Timeout.coerce(0.5) == Timeout(total=0.5)
    assert Timeout.coerce(0) == Timeout(total=0)


def test_a_timeout_can_not_be_changed() -> None:
    timeout: Any = Timeout(total=1)
    with pytest.raises(AttributeError):
        timeout.total = 2


def test_words_of_the_api() -> None:
    assert [str(member) for member in DryRun] == ["All"]
    assert [str(member) for member in PropagationPolicy] == ["Orphan", "Background", "Foreground"]
    assert [str(member) for member in VersionMatch] == ["Exact", "NotOlderThan"]
    assert [str(member) for member in FieldValidation] == ["Ignore", "Warn", "Strict"]
    assert ResourceVersion.ANY == "0"
    assert ResourceVersion("17") == "17"
    assert msgspec.json.encode(Precondition(uid="u", resource_version="7")) == b'{"uid":"u","resourceVersion":"7"}'
    assert msgspec.json.encode(Precondition()) == b"{}"
