from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.core._go_text import go_json, go_quoted, go_string, go_syntax, go_type, go_value

# What Go 1.26 itself writes.
FLOATS = [
    (1.5, "1.5", "1.5"),
    (1e30, "1e+30", "1e+30"),
    (1e6, "1e+06", "1000000"),
    (1e21, "1e+21", "1e+21"),
    (1e20, "1e+20", "100000000000000000000"),
    (123456789.0, "1.23456789e+08", "123456789"),
    (0.0001, "0.0001", "0.0001"),
    (0.00001, "1e-05", "0.00001"),
    (1e-7, "1e-07", "1e-7"),
    (-2.5, "-2.5", "-2.5"),
    (0.0, "0", "0"),
    (100.0, "100", "100"),
    (1.25e25, "1.25e+25", "1.25e+25"),
    (12345678901234567890.0, "1.2345678901234567e+19", "12345678901234567000"),
]


@pytest.mark.parametrize(("value", "text", "encoded"), FLOATS)
def test_floats(value: float, text: str, encoded: str) -> None:
    assert (go_value(value), go_json(value)) == (text, encoded)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_reads_back_as_it_was(value: float) -> None:
    assert float(go_json(value)) == value
    assert float(go_value(value)) == value


@pytest.mark.parametrize(
    ("value", "plain", "syntax", "string"),
    [
        (None, "<nil>", "interface {}(nil)", "%!s(<nil>)"),
        (True, "true", "true", "%!s(bool=true)"),
        (5, "5", "5", "%!s(int64=5)"),
        (1.5, "1.5", "1.5", "%!s(float64=1.5)"),
        ('a"b', 'a"b', '"a\\"b"', 'a"b'),
        (
            [None, True, "x"],
            "[<nil> true x]",
            '[]interface {}{interface {}(nil), true, "x"}',
            "[%!s(<nil>) %!s(bool=true) x]",
        ),
        (
            {"b": 1, "a": ["x"]},
            "map[a:[x] b:1]",
            'map[string]interface {}{"a":[]interface {}{"x"}, "b":1}',
            "map[a:[x] b:%!s(int64=1)]",
        ),
        ({}, "map[]", "map[string]interface {}{}", "map[]"),
    ],
)
def test_values(value: Any, plain: str, syntax: str, string: str) -> None:
    assert (go_value(value), go_syntax(value), go_string(value)) == (plain, syntax, string)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("", "string"),
        (1, "int64"),
        (1.0, "float64"),
        (True, "bool"),
        ([], "[]interface {}"),
        ({}, "map[string]interface {}"),
    ],
)
def test_types(value: Any, name: str) -> None:
    assert go_type(value) == name


def test_a_quoted_string_is_as_go_has_it() -> None:
    assert go_quoted('a\x00\x7f\u2028é\U0001f600\u00ad`"\\\n') == '"a\\x00\\x7f\\u2028é😀\\u00ad`\\"\\\\\\n"'


def test_json_escapes_what_html_would_misread() -> None:
    assert go_json({"b": "<&>\u2028", "a": "a\\b\b\f\n\x01é"}) == (
        '{"a":"a\\\\b\\u0008\\u000c\\n\\u0001é","b":"\\u003c\\u0026\\u003e\\u2028"}'
    )


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda each: st.lists(each) | st.dictionaries(st.text(), each),
    )
)
def test_json_reads_back_as_it_was(value: Any) -> None:
    assert json.loads(go_json(value)) == value
