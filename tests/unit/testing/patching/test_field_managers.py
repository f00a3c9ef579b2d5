from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.testing.patching.field_managers import LONGEST_NAME, field_manager


@pytest.mark.parametrize(
    ("given_name", "user_agent", "expected"),
    [
        ("one", "kubex/1", "one"),
        ("", "kubex/0.1 (linux)", "kubex"),
        (None, "kubectl-patch", "kubectl-patch"),
        (None, "Mozilla 5 (x)/1", "Mozilla 5 (x)"),
        (None, "a\tb\x00c/1", "abc"),
        (None, "", ""),
        (None, "/1", ""),
        (None, "x" * 200, "x" * 128),
        (None, "é" * 100, "é" * 64),
        (None, "x" * 127 + "é" + "y", "x" * 127),
    ],
)
def test_the_manager_is_named_by_the_request_or_by_its_user_agent(
    given_name: str | None, user_agent: str, expected: str
) -> None:
    assert field_manager(given_name, user_agent) == expected


@given(st.text())
def test_a_name_is_printable_and_not_too_long(user_agent: str) -> None:
    name = field_manager(None, user_agent)
    assert name == "" or name.isprintable()
    assert len(name.encode("utf-8", "surrogatepass")) <= LONGEST_NAME
