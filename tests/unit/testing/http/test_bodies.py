from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.testing.http.bodies import Body, _decoded_json
from kubex.testing.http.yaml_bodies import UnreadableYaml, read_yaml
from kubex.testing.lifecycle.bodies import duplicate_fields
from tests.unit.testing.http.conftest import RawClient

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("content", "paths"),
    [
        (b'{"a":1,"a":2}', ("a",)),
        (b'{"a":1,"b":{"c":[{"d":1,"d":1}]}}', ("b.c[0].d",)),
        # As long as what is left of it once it is written again.
        (b'{"a":1,"a":1e17}', ("a",)),
        (b'{ "a" : 1,\n "a" : 2 }\n', ("a",)),
        (b'{"a":1,"\\u0061":2}', ("a",)),
        (b'{"a":1,"b":2}\n', ()),
        (b'{"a":123456789012345678901234567890}', ()),
        (b"[1]", ()),
    ],
)
def test_fields_that_are_there_twice(content: bytes, paths: tuple[str, ...]) -> None:
    assert duplicate_fields(_decoded_json(content)[1]) == paths


def test_fields_that_are_there_twice_however_deep() -> None:
    content = b'{"a":' * 900 + b'{"b":1,"b":2}' + b"}" * 900
    (path,) = duplicate_fields(_decoded_json(content)[1])
    assert path == "a." * 900 + "b"


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (rb'"\ud800 \uDC00 \ud83d\ude00 \\ud800"', "\ufffd \ufffd \U0001f600 \\ud800"),
        (rb'"\ud800\ud83d\ude00"', "\ufffd\U0001f600"),
    ],
)
def test_half_a_pair_of_surrogates_is_no_character(content: bytes, value: str) -> None:
    assert _decoded_json(content) == Body(value)


@given(VALUES, st.booleans(), st.booleans())
def test_no_field_of_a_proper_object_is_there_twice(value: object, is_ascii: bool, is_compact: bool) -> None:
    separators = (",", ":") if is_compact else (" , ", " : ")
    content = json.dumps(value, ensure_ascii=is_ascii, separators=separators).encode(errors="surrogatepass")
    assert _decoded_json(content)[1] == ()


def test_a_long_body_of_yaml_keeps_nobody_waiting(raw: RawClient) -> None:
    lines = "\n".join(f"  key-{number}: value" for number in range(20_000))
    body = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: long\ndata:\n{lines}\n".encode()
    path = "/api/v1/namespaces/default/configmaps"
    with ThreadPoolExecutor(1) as pool:
        started = time.monotonic()
        long = pool.submit(raw.ask, "POST", path, body, Content_Type="application/yaml")
        longest_wait = 0.0
        while not long.done():
            asked = time.monotonic()
            assert raw.get("/version").code == 200
            longest_wait = max(longest_wait, time.monotonic() - asked)
        whole = time.monotonic() - started
    assert long.result().code == 201
    # Who waits for the body's decoding waits for most of the time that its own request takes, however slow the machine.
    assert longest_wait < 0.5 * whole


@pytest.mark.parametrize(
    "content",
    [
        b"#\r\n" * 100_000 + b"a: b",
        b"a: !!float 1" + b":1" * 300,
        "a: !!binary \u00e9".encode(),
        b"a: !%ED%A0%80 x",
        b"a: &a [*a]",
        b"\xff\xfea\x00:\x00 \x001\x00",
        b"a: " + b"9" * 100_000,
        b"a: .9e999999999",
        b"%TAG ! x:\n%YAML 1.2\n---\na: b",
        b"? " * 200,
        b"0.0: a\n-0.0: b\n1e300: c\n",
    ],
)
def test_odd_yaml_is_read_or_refused(content: bytes) -> None:
    with suppress(UnreadableYaml):
        read_yaml(content)
