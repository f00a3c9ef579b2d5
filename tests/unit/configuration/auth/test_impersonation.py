"""`Impersonation`: its headers, and what no header can carry."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.configuration.auth.impersonation import Impersonation
from kubex.core.exceptions import ConfigurationError


def test_headers() -> None:
    impersonation = Impersonation(
        user="jane", uid="7", groups=["a", "b"], extra={"example.com/Scopes%": ["x", "y"], "é": ["ü"]}
    )
    assert list(impersonation.headers()) == [
        ("Impersonate-User", "jane"),
        ("Impersonate-Uid", "7"),
        ("Impersonate-Group", "a"),
        ("Impersonate-Group", "b"),
        ("Impersonate-Extra-example.com%2FScopes%25", "x"),
        ("Impersonate-Extra-example.com%2FScopes%25", "y"),
        ("Impersonate-Extra-%C3%A9", "ü"),
    ]


@pytest.mark.parametrize("value", ["a\nb", "a\r", " a", "a\t", "\x7f"])
def test_what_would_be_somebody_else(value: str) -> None:
    variants: list[dict[str, Any]] = [
        {"user": value},
        {"user": "u", "groups": [value]},
        {"user": "u", "extra": {"k": [value]}},
    ]
    for given in variants:
        with pytest.raises(ConfigurationError, match="white space around it or control characters"):
            Impersonation(**given)


def test_a_user_is_needed() -> None:
    with pytest.raises(ConfigurationError, match="needs a user"):
        Impersonation(user="", groups=["a"])
