"""What stands in YAML, and what is wrong with it: objects that are posted and applied."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import APPLY, Answer, ask, ask_warned

pytestmark = pytest.mark.anyio

YAML = "application/yaml"
HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"
UNRECOGNIZED = "the object provided is unrecognized (must be of type ConfigMap): "
UNDECODED = "error decoding YAML: error converting YAML to JSON: "


@pytest.fixture
def path(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/configmaps"


async def post(client: BaseClient, path: str, text: str, **query: str) -> tuple[Answer, list[str]]:
    return await ask_warned(client, "POST", path, text, YAML, dryRun="All", **query)


async def apply(client: BaseClient, path: str, text: str | bytes, **query: str) -> tuple[Answer, list[str]]:
    return await ask_warned(client, "PATCH", f"{path}/a", text, APPLY, dryRun="All", fieldManager="test", **query)


@pytest.mark.parametrize(
    ("data", "read"),
    [
        ("1e300: a\n  -1e39: b", ".inf -.inf"),
        ("!!merge <<: {a: b}", {"a": "b"}),
        ("1: one\n  1.5: two\n  0x10: three\n  yes: four\n  .inf: five\n  1e3: six", "1 1.5 16 true .inf 1000"),
        ("2020-01-01: x\n  a: 2020-01-01", {"2020-01-01": "x", "a": "2020-01-01"}),
        ("a: &x '1'\n  b: &x '2'\n  c: *x", {"c": "2"}),
        ("0X1F: a\n  0O17: b\n  0B1: c\n  0x_: d\n  ._5: e\n  -0b11: f", "31 15 1 0x_ ._5 -3"),
        ("1e6: a\n  16777217.0: b\n  0.1234567891: c\n  1e-5: d", None),
        ("a: ! 1\n  b: !<int> 5\n  c: !!str true\n  d: 0x", {"a": "1", "b": "5", "c": "true", "d": "0x"}),
        ("a: '3'\n  <<: {a: '1'}", {"a": "1"}),
        ("<<: [{a: '1'}, {a: '2', b: '3'}]", {"a": "1", "b": "3"}),
        ("g: !!binary aGVsbG8=\n  h: !odd x\n  i: !!str 1\n  j: =\n  k: 1:30", {"g": "hello", "h": "x", "i": "1"}),
        ("a: &x b\n  c: *x", {"a": "b", "c": "b"}),
        ("a: .nan\n  a: '1'\n  b: {~: 1}\n  b: '2'", {"a": "1", "b": "2"}),
        ("<<: {a: .nan}\n  a: '1'", {"a": "1"}),
        ("0b-1: a\n  -0b1: b\n  0B-1: c\n  0b-10: d", "-1 0B-1 -2"),
        ("a: !!timestamp 2000-2-29\n  b: !!timestamp '2001-1-2t3:4:5.123+24:60'", {"a": "2000-2-29"}),
        ("a: !!timestamp '2001-1-2 3:4:5,1'\n  b: !!timestamp '0000-1-1'", {"b": "0000-1-1"}),
        ("a: !!timestamp '2001-1-2   3:4:5'", {"a": "2001-1-2   3:4:5"}),
        (f"{'0' * 90}17: a", "15"),
    ],
)
async def test_names_merges_and_tags(client: BaseClient, path: str, data: str, read: Any) -> None:
    answer, _ = await post(client, path, f"{HEAD}data:\n  {data}\n")
    if read is None:  # of which signs are no part of a name
        assert answer.code == 422
        assert all(f"data[{name}]" in answer.message for name in ("1e+06", "1.6777216e+07"))
        return
    assert answer.code == 201
    found = answer.body["data"]
    assert sorted(found) == sorted(read.split()) if isinstance(read, str) else read.items() <= found.items()
    assert (await apply(client, path, f"{HEAD}data:\n  {data}\n"))[0].body["data"] == found


@pytest.mark.parametrize("value", ["1", "1.0", "1e3", "y", "N", "0o17", "017", "0b1", "1_000", "on", ".5"])
async def test_values_that_are_no_text(client: BaseClient, path: str, value: str) -> None:
    answer, _ = await post(client, path, f"{HEAD}data: {{a: {value}}}\n")
    kind = "bool" if value in ("y", "N", "on") else "number"
    assert answer.code == 400
    assert answer.message.endswith(f"json: cannot unmarshal {kind} into Go struct field ConfigMap.data of type string")


MERGES = "a: &a {x: y}\n" + "".join(
    f"{name}: &{name} {{<<: [{', '.join([f'*{chr(ord(name) - 1)}'] * 6)}]}}\n" for name in "bcdefghijkl"
)
UNNAMED = "unsupported map key of type: %!s(<nil>), key: <nil>, value: "
NO_MERGE = "yaml: map merge requires map or sequence of maps as the value"
UNSIGNED = 'unsupported map key of type: uint64, key: 0xffffffffffffffff, value: "x"'
ALIASES = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{chr(ord(name) - 1)}'] * 10)}]\n" for name in "bcdef"
)
TWICE = f"{HEAD}data:\n  c: '1'\n  d: '2'\n  c: '3'\n  d: '4'\n"
TOLD = ['line 8: key "c" already set in map', 'line 9: key "d" already set in map']


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (TWICE, TOLD),
        ("\n# x\n" + TWICE, ['line 10: key "c" already set in map', 'line 11: key "d" already set in map']),
        (f"{HEAD}data: {{<<: {{c: '1'}}, c: '3'}}\n", ['line 5: key "c" already set in map']),
        (f"{HEAD}data: {{1: '1', '1': '2', 1: '3'}}\n", ["line 5: key 1 already set in map"]),
        (f"{HEAD}data: {{true: '1', yes: '2'}}\n", ["line 5: key true already set in map"]),
        (f"{HEAD}data:\n  c: &x '1'\n  d: '2'\n  d: *x\n", ['line 8: key "d" already set in map']),
        (f"{HEAD}data: {{c: '1', c: '2', c: '3'}}\n", ['line 5: key "c" already set in map'] * 2),
    ],
)
async def test_names_that_are_there_twice(client: BaseClient, path: str, text: str, told: list[str]) -> None:
    lines = "".join(f"\n  {each}" for each in told)
    for send in (post, apply):
        for query in ({}, {"fieldValidation": "Warn"}):
            answer, warned = await send(client, path, text, **query)
            assert (answer.code, [each for each in warned if "already" in each]) == (201, [*dict.fromkeys(told)])
        answer, warned = await send(client, path, text, fieldValidation="Ignore")
        assert (answer.code, warned) == (201, [])
        answer, _ = await send(client, path, text, fieldValidation="Strict")
        assert answer.code == 400
        assert answer.message.endswith(f"yaml: unmarshal errors:{lines}")


async def test_json_that_is_applied_is_told_of_by_its_lines(client: BaseClient, path: str) -> None:
    text = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},\n"data":{"c":"1",\n"c":"2"}}'
    answer, warned = await apply(client, path, text)
    assert (answer.body["data"], warned) == ({"c": "2"}, ['line 3: key "c" already set in map'])
    answer, _ = await apply(client, path, text, fieldValidation="Strict")
    why = 'yaml: unmarshal errors:\n  line 3: key "c" already set in map'
    assert answer.message == f"error strict decoding YAML: error converting YAML to JSON: {why}"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: [\n", "yaml: line 1: did not find expected node content"),
        ('{"a":', "yaml: line 1: did not find expected node content"),
        ("a:\n\t- b\n", "yaml: line 2: found character that cannot start any token"),
        ("a: b: c\n", "yaml: mapping values are not allowed in this context"),
        ("a: b\nc: d: e\n", "yaml: line 2: mapping values are not allowed in this context"),
        ("a: 'b\n", "yaml: line 2: found unexpected end of stream"),
        (f"{HEAD}data:\n  ~: '1'\n", 'unsupported map key of type: %!s(<nil>), key: <nil>, value: "1"'),
        (f"{HEAD}? {{a: b}}\n: c\n", 'yaml: invalid map key: map[interface {}]interface {}{"a":"b"}'),
        (f"{HEAD}data:\n  <<: x\n", NO_MERGE),
        ("kind: *x\n", "yaml: unknown anchor 'x' referenced"),
        ("kind: &x [*x]\n", "yaml: anchor 'x' value contains itself"),
        ("kind: !!int x\n", "yaml: cannot decode !!str `x` as a !!int"),
        ("kind: !!binary x\n", "yaml: !!binary value contains invalid base64 data"),
        ("kind: .nan\n", "json: unsupported value: NaN"),
        ("kind: x\x00\n", "yaml: control characters are not allowed"),
        ("%YAML 1.2\n---\na: b\n", "yaml: found incompatible YAML document"),
        ("kind: !!bool x\n", "yaml: cannot decode !!str `x` as a !!bool"),
        ("kind: !!int 1.5\n", "yaml: cannot decode !!float `1.5` as a !!int"),
        ("kind: !!int 1:30\n", "yaml: cannot decode !!str `1:30` as a !!int"),
        ("kind: !!float 9223372036854775808\n", "yaml: cannot decode !!int `9223372036854775808` as a !!float"),
        ("kind: !!timestamp 1\n", "yaml: cannot decode !!int `1` as a !!timestamp"),
        *(
            (f"kind: !!timestamp '{moment}'\n", f"yaml: cannot decode !!str `{moment}` as a !!timestamp")
            for moment in (
                "2001-02-29",
                "2001-13-1",
                "2001-1-0",
                "2001-1-2 3:4:5Z",
                "2001-1-2T3:4:60Z",
                "2001-1-2T3:4Z",
            )
        ),
        (
            f"{HEAD}data: {{~: [{{1: x}}]}}\n",
            f'{UNNAMED}[]interface {{}}{{map[interface {{}}]interface {{}}{{1:"x"}}}}',
        ),
        (f"{HEAD}data: {{a: .nan, ~: b}}\n", f'{UNNAMED}"b"'),
        (f"{HEAD}data: {{~: [.nan, .inf, -.inf]}}\n", f"{UNNAMED}[]interface {{}}{{NaN, +Inf, -Inf}}"),
        (f"{HEAD}? {{9: x, 10: z}}\n: c\n", 'yaml: invalid map key: map[interface {}]interface {}{9:"x", 10:"z"}'),
        (
            f"{HEAD}? {{a: x, 'a b': z}}\n: c\n",
            'yaml: invalid map key: map[interface {}]interface {}{"a":"x", "a b":"z"}',
        ),
        (f"{HEAD}data: {{18446744073709551615: x}}\n", UNSIGNED),
        (f"{HEAD}a: &m [{{b: c}}]\ndata: {{<<: *m}}\n", NO_MERGE),
        (MERGES, "yaml: document contains excessive aliasing"),
        ("a: &a {<<: *a}\n", "yaml: anchor 'a' value contains itself"),
        (ALIASES, "yaml: document contains excessive aliasing"),
        (f'{HEAD}data:\n  a: "\\ud800"\n', "yaml: line 6: found invalid Unicode character escape code"),
        ('{"apiVersion": "v1", "kind": "\\/"}', "yaml: found unknown escape character"),
    ],
)
async def test_what_is_no_yaml(client: BaseClient, path: str, text: str, why: str) -> None:
    answer, _ = await post(client, path, text)
    assert answer.code == 400
    assert answer.message.startswith(f"{UNRECOGNIZED}{why} (")
    answer, _ = await apply(client, path, text)
    assert (answer.code, answer.message) == (400, f"{UNDECODED}{why}")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- a\n", "array"),
        ("[]", "array"),
        ("x", "string"),
        ("1", "number"),
        ("true", "bool"),
    ],
)
async def test_what_is_applied_is_an_object(client: BaseClient, path: str, text: str, why: str) -> None:
    answer, _ = await apply(client, path, text)
    problem = f"json: cannot unmarshal {why} into Go value of type map[string]interface {{}}"
    unread = f"error decoding YAML: error unmarshaling JSON: while decoding JSON: {problem}"
    assert (answer.code, answer.message) == (400, unread)


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "null", "---\n", "{}"])
async def test_nothing_is_an_object_of_no_kind(client: BaseClient, path: str, text: str) -> None:
    answer, _ = await apply(client, path, text)
    assert (answer.code, answer.message) == (400, "invalid object type: /, Kind=")


@pytest.mark.parametrize("version", ["//", "v1//", "apps/v1/x"])
async def test_a_version_that_is_none_has_no_kind(client: BaseClient, path: str, version: str) -> None:
    body = json.dumps({"apiVersion": version, "kind": "ConfigMap"})
    answer, _ = await apply(client, path, body)
    assert (answer.code, answer.message) == (400, "invalid object type: /, Kind=")


async def test_a_group_without_a_version(client: BaseClient, path: str) -> None:
    body = '{"apiVersion": "v1/", "kind": "ConfigMap"}'
    answer = await ask(client, "POST", path, body)
    why = f"Object 'apiVersion' is missing in '{body}'"
    assert (answer.code, answer.message) == (400, f'ConfigMap in version "" cannot be handled as a ConfigMap: {why}')


async def test_a_warning_goes_with_a_refusal_of_what_is_applied(client: BaseClient, path: str) -> None:
    text = f"{HEAD}data: {{'a b': '1', c: '1', c: '2'}}\n"
    for given, code in ((text, 422), (text.replace("name: a", "name: b"), 400)):
        answer, warned = await apply(client, path, given)
        assert (answer.code, warned) == (code, ['line 5: key "c" already set in map'])


@pytest.mark.parametrize("field", ["apiVersion", "kind"])
async def test_what_is_no_text_is_no_kind(client: BaseClient, path: str, field: str) -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", field: 1}
    version, kind = ("", "ConfigMap") if field == "apiVersion" else ("v1", "")
    answer, _ = await apply(client, path, json.dumps(body))
    assert (answer.code, answer.message) == (400, f"invalid object type: /{version}, Kind={kind}")
