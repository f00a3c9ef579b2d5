"""Reading YAML: plain values, bounds, and errors that give places and no content."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kubex.configuration import _yaml
from kubex.configuration._yaml import parse_yaml, parse_yaml_documents
from kubex.core.exceptions import ConfigurationError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("# nothing", None),
        ("---\n...\n", None),
        ("null", None),
        ("a: 1\n---\na: [", {"a": 1}),  # kubectl reads the first document
        ("a: 1\na: 2\n", {"a": 2}),
        ("a: 12:30", {"a": "12:30"}),
        ("a: 2020-01-01", {"a": "2020-01-01"}),
        ("a: 2020-01-01T00:00:00Z", {"a": "2020-01-01T00:00:00Z"}),
        ("a: =", {"a": "="}),
        ("a: y", {"a": "y"}),
        ("a: [yes, No, TRUE, off]", {"a": [True, False, True, False]}),
        ("a: [0x10, 0b11, 010, 1_000, -1]", {"a": [16, 3, 8, 1000, -1]}),
        ("a: [1.5, .5, 1.5e+3, -.inf]", {"a": [1.5, 0.5, 1500.0, -math.inf]}),
        ("a: [-.1, 1e3]", {"a": ["-.1", "1e3"]}),  # what PyYAML writes without quotes is text
        ("a: [~, null, ]", {"a": [None, None]}),
        ("a:\nb: ''", {"a": None, "b": ""}),
        ("a: !!str 1\nb: ! x", {"a": "1", "b": "x"}),
        ("a: &x {k: 1}\nb: *x\nc: {<<: *x, l: 2}", {"a": {"k": 1}, "b": {"k": 1}, "c": {"k": 1, "l": 2}}),
        ("\ufeffa: é", {"a": "é"}),
        ('{\n\t"a": [1, "x\\u00e9"]\n}', {"a": [1, "xé"]}),
        ("{a: b, c: [d]}", {"a": "b", "c": ["d"]}),
        ("[" * 99 + "]" * 99, None),
    ],
)
def test_values(text: str, value: object) -> None:
    if value is None and text.startswith("["):
        value = json.loads(text)
    assert parse_yaml(text.encode(), "f") == value


# The one in C is not there on every platform, so the other has to do as well.
LOADERS: list[type] = list(dict.fromkeys([getattr(yaml, "CSafeLoader", yaml.SafeLoader), yaml.SafeLoader]))

SECRET_TEXTS = [
    ("password: *hunter2", "f has a YAML alias of nothing (line 1, column 11)"),
    ("password: !hunter2 x", "f has a YAML tag (line 1, column 11): quote the value if it is text"),
    ("password: !<hunter2> x", "f has a YAML tag (line 1, column 11): quote the value if it is text"),
    ("password: !hunter2!x", "f is not YAML (line 1, column 11)"),
    ("password: %hunter2", "f is not YAML (line 1, column 11)"),
    ("password: `hunter2", "f is not YAML (line 1, column 11)"),
    ('password: "hunter2', "f is not YAML (line 1, column 19): found unexpected end of stream"),
    ('password: "\\hunter2"', "f is not YAML (line 1, column 1"),
    ("password: hunter2: x", "f is not YAML (line 1, column 18): mapping values are not allowed"),
    ("a: 1\n\tpassword: hunter2", "f is not YAML (line 2, column "),
    ("a:\n  - b\n\tpassword: hunter2", "f is not YAML (line 3, column 1): a tab, where YAML wants spaces"),
    ("a: [hunter2", "f is not YAML (line "),
    ("hunter2: &x [*x]", "f has a YAML alias of nothing (line 1, column 14)"),
    ("hunter2: !!python/object/apply:os.system [x]", "f has a YAML tag (line 1, column 10)"),
    ("a: &hunter2 1\nb: &hunter2 [*hunter2]", "f is not YAML (line 2, column 4)"),
    ("a: !!binary aHVudGVyMg==", "f has a YAML tag (line 1, column 4)"),
    ("? [hunter2]\n: 1", "f is not YAML (line 1, column 3): found unhashable key"),
    ("password: 0x_", "f is not YAML: it has a malformed number"),
    ("password: " + "1" * 5000, "f is not YAML: it has a malformed number"),
    ("[" * 100, "f is nested deeper than 100 levels (line 1, column 100)"),
    ("[" * 100_000, "f is nested deeper than 100 levels (line 1, column 100"),  # or 1001, where PyYAML says so itself
    ('{"hunter2":' * 100_000, "f is nested deeper than 100 levels"),
    ("hunter2: \x00", "f is not YAML: it has characters that no text file has (is it in UTF-8?)"),
]


@pytest.mark.parametrize("base", LOADERS)
@pytest.mark.parametrize(("text", "problem"), SECRET_TEXTS, ids=range(len(SECRET_TEXTS)))
def test_errors_give_the_place_and_no_content(
    text: str, problem: str, base: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolvers = {"yaml_implicit_resolvers": _yaml._Loader.yaml_implicit_resolvers}
    monkeypatch.setattr(_yaml, "_Loader", type("_Loader", (base,), resolvers))
    with pytest.raises(ConfigurationError) as raised:
        parse_yaml(text.encode(), "f")
    assert str(raised.value).startswith(problem)
    error: BaseException | None = raised.value
    while error is not None:
        assert "hunter2" not in str(error)
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("merge", [False, True])
def test_a_bomb_of_aliases_is_found_before_it_goes_off(merge: bool) -> None:
    lines = ["a0: &a0 {k: v}"]
    for level in range(1, 30):
        aliases = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"a{level}: &a{level} " + (f"{{<<: [{aliases}]}}" if merge else f"[{aliases}]"))
    with pytest.raises(ConfigurationError, match=r"f has more than 1000000 values \(line \d+"):
        parse_yaml("\n".join(lines).encode(), "f")


def test_what_a_large_file_says_without_aliases_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_yaml, "_MOST_VALUES", 100)
    plain = f"a: [{'1,' * 500}]"
    assert parse_yaml(plain.encode(), "f") == {"a": [1] * 500}
    with pytest.raises(ConfigurationError, match=r"f has more than 10\d\d values \(line 2"):
        parse_yaml(f"a: &a [{'1,' * 500}]\nb: [{'*a, ' * 10}]".encode(), "f")


def test_no_error_with_the_bytes_of_a_file_that_is_no_text() -> None:
    with pytest.raises(ConfigurationError, match="is it in UTF-8") as raised:
        parse_yaml(b"token: hunter2 \xff\xfe", "f")
    assert "hunter2" not in str(raised.value)


@given(st.binary(max_size=60))
def test_any_bytes_are_values_or_a_typed_error(content: bytes) -> None:
    with suppress(ConfigurationError):
        parse_yaml(content, "f")


@given(st.text(alphabet="ab:-[]{},&*!#|>'\"%@`?<= \n\t0123.~", max_size=60))
def test_any_text_of_special_characters_is_values_or_a_typed_error(text: str) -> None:
    with suppress(ConfigurationError):
        parse_yaml(text.encode(), "f")


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), _json, max_size=4))
def test_json_is_read_as_it_is(value: dict[str, Any]) -> None:
    assert parse_yaml(json.dumps(value).encode(), "f") == value


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text()), min_size=1, max_size=4))
def test_what_pyyaml_writes_is_read_as_it_was(value: dict[str, Any]) -> None:
    assert parse_yaml(yaml.safe_dump(value).encode(), "f") == value


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", []),
        ("a: 1", [{"a": 1}]),
        ("---\na: 1\n---\n---\nb: 2\n...\n", [{"a": 1}, None, {"b": 2}]),
        ('{"a": 1}', [{"a": 1}]),
        ('{"a": 1}\n{"b": 2}\n', [{"a": 1}, {"b": 2}]),
        ('{"a":\t1}', [{"a": 1}]),
        ("{a: 1}\n--- {b: 2}", [{"a": 1}, {"b": 2}]),
        ("a: &x 1\nb: *x\n", [{"a": 1, "b": 1}]),
    ],
)
def test_all_documents(text: str, values: list[Any]) -> None:
    assert parse_yaml_documents(text.encode(), "f") == values


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a: 1\n---\na: [", r"f is not YAML \(line [34]"),
        ("a: 1\n---\na: !!python/name:os.system x", r"f has a YAML tag \(line 3"),
        ("a: &x 1\n---\na: *x", r"f has a YAML alias of nothing \(line 3|undefined alias"),
        ('{"a": 1} {"b": ', "f is not YAML"),
    ],
)
def test_an_error_in_any_document_is_told(text: str, error: str) -> None:
    with pytest.raises(ConfigurationError, match=error):
        parse_yaml_documents(text.encode(), "f")


@given(st.binary(max_size=60) | st.text(alphabet="ab:-[]{},&*!#|>'\"%@`?<= \n\t0123.~", max_size=60).map(str.encode))
def test_any_bytes_are_documents_or_a_typed_error(content: bytes) -> None:
    with suppress(ConfigurationError):
        assert parse_yaml_documents(content, "f")[:1] in ([], [parse_yaml(content, "f")])


@given(st.lists(st.dictionaries(st.text(), _json, max_size=4), max_size=4))
def test_documents_are_read_as_they_were_written(values: list[dict[str, Any]]) -> None:
    assert parse_yaml_documents("\n".join(json.dumps(value) for value in values).encode(), "f") == values


def test_a_depth_that_the_parser_refuses_is_worded_as_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(*_: object, **__: object) -> object:
        raise yaml.MarkedYAMLError(problem="exceeded maximum nesting depth")

    monkeypatch.setattr(yaml, "parse", parse)
    with pytest.raises(ConfigurationError, match=r"^f is nested deeper than 100 levels$"):
        parse_yaml(b"[", "f")
