"""`Warning` headers, whoever wrote them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.client._api_warnings import emit_api_warnings, parse_warnings


@pytest.mark.parametrize(
    ("header", "texts"),
    [
        ('299 - "old"', ["old"]),
        ('299 - "a", 299 - "b"', ["a", "b"]),
        ('299 - "a",299 - "b"', ["a", "b"]),
        ('299 kubernetes/1.35 "a"', ["a"]),
        ('299 [::1]:443 "a"', ["a"]),
        (r'299 - "a \"quoted\" word and a \\ backslash"', [r'a "quoted" word and a \ backslash']),
        ('299 - "a, 299 - b"', ["a, 299 - b"]),
        ('299 - "dated" "Tue, 15 Nov 1994 08:12:31 GMT"', ["dated"]),
        ('299 - "dated" "Tue, 15 Nov 1994 08:12:31 GMT", 199 - "next"', ["dated", "next"]),
        ('  299   -   "spaces"  ', ["spaces"]),
        ('299 - "first", nonsense', ["first"]),
        ('299 - ""', []),
        ("", []),
        ("nonsense", []),
        ('299 - "no end', []),
        ('299 "no agent"', []),
        ('2999 - "x"', []),
    ],
)
def test_headers(header: str, texts: list[str]) -> None:
    assert parse_warnings(header) == texts


@given(st.text())
def test_any_header_is_parsed_or_left(header: str) -> None:
    parse_warnings(header)


@given(st.lists(st.text(alphabet=st.characters(codec="latin-1", exclude_characters="\r\n"), min_size=1)))
def test_whatever_is_quoted_comes_back(texts: list[str]) -> None:
    quoted = [text.replace("\\", "\\\\").replace('"', '\\"') for text in texts]
    assert parse_warnings(", ".join(f'299 - "{text}"' for text in quoted)) == texts


def test_the_line_is_the_callers() -> None:
    with pytest.warns(UserWarning, match="^old$") as caught:
        emit_api_warnings(['299 - "old"'])
    assert caught[0].filename == __file__
