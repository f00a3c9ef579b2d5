"""Rules in CEL of definitions: which the server takes, and what they have against objects, word for word."""

from __future__ import annotations

import json
import re
import warnings
from typing import Any

import anyio
import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import ask
from tests.contract.test_definitions import DEFINITIONS, MERGE_PATCH, Group, group

__all__ = ("group",)

pytestmark = pytest.mark.anyio

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
INTEGER: Schema = {"type": "integer"}


def ruled(schema: Schema, *rules: str | Schema) -> Schema:
    listed = [{"rule": each} if isinstance(each, str) else each for each in rules]
    return {**schema, "x-kubernetes-validations": listed}


def object_of(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties}


def list_of(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "maxItems": 10, "items": items, **more}


def map_of(values: Schema) -> Schema:
    return {"type": "object", "maxProperties": 10, "additionalProperties": values}


def schema_of(spec: Schema, *rules: str | Schema) -> Schema:
    return {"schema": {"openAPIV3Schema": ruled(object_of(spec=spec), *rules) if rules else object_of(spec=spec)}}


def shown(causes: list[tuple[str, str, str]]) -> list[str]:
    """Write causes in order; the server gives the types of rules a new name each time."""
    return sorted(f"{field}: {reason}: {re.sub(r'selfType[0-9]+', 'selfType', text)}" for reason, field, text in causes)


SHORT: Schema = {"type": "string", "maxLength": 20}
BY_NAME = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}
SPEC = ruled(
    object_of(
        min=INTEGER,
        max=ruled(INTEGER, {"rule": "self >= oldSelf", "message": "no less than before"}, "self < 100"),
        names=list_of(SHORT, **{"x-kubernetes-validations": [{"rule": "self.all(n, n.startsWith('a'))"}]}),
        ports=list_of(
            {**object_of(name=SHORT, port=ruled(INTEGER, "self >= oldSelf")), "required": ["name"]}, **BY_NAME
        ),
        labels=map_of(ruled(SHORT, "self.size() < 3")),
        when=ruled({**TEXT, "format": "date-time"}, "self > timestamp('2020-01-01T00:00:00Z')"),
        length=ruled({**TEXT, "format": "duration"}, "self <= duration('1h')"),
        data=ruled({**TEXT, "format": "byte", "maxLength": 20}, "self == b'hi'"),
        memory=ruled(SHORT, "quantity(self).isLessThan(quantity('1Gi'))"),
        address=ruled(SHORT, "isIP(self) && cidr('10.0.0.0/8').containsIP(self)"),
        first=ruled(
            SHORT,
            {"rule": "oldSelf.hasValue() || self == 'new'", "optionalOldSelf": True, "reason": "FieldValueForbidden"},
        ),
        port=ruled(
            {"x-kubernetes-int-or-string": True, "maxLength": 20},
            "type(self) == int ? self < 5 : self.startsWith('h')",
        ),
        share=ruled({"type": "number"}, "self < 1"),
    ),
    {
        "rule": "!has(self.min) || !has(self.max) || self.min <= self.max",
        "messageExpression": "self.max < 5 ? 'min is above a small max' : 'min is above max'",
        "fieldPath": ".min",
        "reason": "FieldValueInvalid",
    },
)
CREATED: list[tuple[Schema, list[str]]] = [
    ({"min": 1, "max": 2, "names": ["a", "ab"], "labels": {"a": "b"}, "first": "new", "port": "http"}, []),
    ({"when": "2021-01-01T00:00:00Z", "length": "30m", "data": "aGk=", "memory": "1Mi", "address": "10.1.1.1"}, []),
    ({"min": 3, "max": 2}, ["spec.min: FieldValueInvalid: Invalid value: min is above a small max"]),
    ({"max": 100}, ["spec.max: FieldValueInvalid: Invalid value: 100: failed rule: self < 100"]),
    (
        {"names": ["a", "b"]},
        ["spec.names: FieldValueInvalid: Invalid value: failed rule: self.all(n, n.startsWith('a'))"],
    ),
    (
        {"labels": {"k": "long"}},
        ['spec.labels[k]: FieldValueInvalid: Invalid value: "long": failed rule: self.size() < 3'],
    ),
    (
        {"when": "2019-01-01T00:00:00Z"},
        [
            'spec.when: FieldValueInvalid: Invalid value: "2019-01-01T00:00:00Z": failed rule: '
            "self > timestamp('2020-01-01T00:00:00Z')"
        ],
    ),
    ({"length": "2h"}, ["spec.length: FieldValueInvalid: Invalid value: \"2h\": failed rule: self <= duration('1h')"]),
    ({"data": "YQ=="}, ["spec.data: FieldValueInvalid: Invalid value: \"YQ==\": failed rule: self == b'hi'"]),
    (
        {"memory": "2Gi"},
        [
            'spec.memory: FieldValueInvalid: Invalid value: "2Gi": failed rule: '
            "quantity(self).isLessThan(quantity('1Gi'))"
        ],
    ),
    (
        {"memory": "much"},
        [
            'spec.memory: FieldValueInvalid: Invalid value: "string": quantities must match the regular expression '
            "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$' evaluating rule: "
            "quantity(self).isLessThan(quantity('1Gi'))"
        ],
    ),
    (
        {"address": "192.168.0.1"},
        [
            'spec.address: FieldValueInvalid: Invalid value: "192.168.0.1": failed rule: '
            "isIP(self) && cidr('10.0.0.0/8').containsIP(self)"
        ],
    ),
    (
        {"first": "old"},
        ["spec.first: FieldValueForbidden: Forbidden: failed rule: oldSelf.hasValue() || self == 'new'"],
    ),
    (
        {"port": 9},
        [
            "spec.port: FieldValueInvalid: Invalid value: 9: failed rule: "
            "type(self) == int ? self < 5 : self.startsWith('h')"
        ],
    ),
    ({"share": 1}, ["spec.share: FieldValueInvalid: Invalid value: 1: failed rule: self < 1"]),
    (
        {"max": "x"},
        [
            "<nil>: FieldValueInvalid: Invalid value: null: some validation rules were not checked because the "
            "object was "
            "invalid; correct the existing errors to complete validation",
            'spec.max: FieldValueTypeInvalid: Invalid value: "string": spec.max in body must be of type integer: '
            '"string"',
        ],
    ),
]


async def test_what_rules_have_against_objects(client: BaseClient, group: Group) -> None:
    place = await group.serve("things", **schema_of(SPEC, "self.metadata.name.startsWith('a')"))
    for number, (spec, causes) in enumerate(CREATED):
        body = {**group.object("Thing", spec=spec), "metadata": {"name": f"a{number}"}}
        if causes:
            assert shown(await group.causes("POST", place, body)) == sorted(causes), spec
        else:
            assert (await ask(client, "POST", place, body)).code == 201, spec
    elsewhere = {**group.object("Thing", spec={}), "metadata": {"name": "b"}}
    refused = await ask(client, "POST", place, elsewhere)
    told = "<nil>: Invalid value: failed rule: self.metadata.name.startsWith('a')"
    assert (refused.code, refused.message) == (422, f'Thing.{group.name} "b" is invalid: {told}')


async def test_what_rules_have_against_changes(client: BaseClient, group: Group) -> None:
    place = await group.serve("things", **schema_of(SPEC))
    ports = [{"name": "a", "port": 5}, {"name": "b", "port": 6}]
    body = group.object("Thing", spec={"max": 5, "ports": ports, "first": "new"})
    assert (await ask(client, "POST", place, body)).code == 201
    thing = f"{place}/a"
    less = await group.causes("PATCH", thing, {"spec": {"max": 4}}, MERGE_PATCH)
    assert shown(less) == ["spec.max: FieldValueInvalid: Invalid value: 4: no less than before"]
    turned = [{"name": "b", "port": 6}, {"name": "a", "port": 4}, {"name": "c", "port": 1}]
    less = await group.causes("PATCH", thing, {"spec": {"ports": turned}}, MERGE_PATCH)
    assert shown(less) == ["spec.ports[1].port: FieldValueInvalid: Invalid value: 4: failed rule: self >= oldSelf"]
    assert (await ask(client, "PATCH", thing, {"spec": {"max": None, "first": "other"}}, MERGE_PATCH)).code == 200
    assert (await ask(client, "PATCH", thing, {"spec": {"max": 1}}, MERGE_PATCH)).code == 200


async def test_what_has_not_changed_may_stay_as_it_is(client: BaseClient, group: Group) -> None:
    loose = object_of(n=INTEGER, part=object_of(x=INTEGER, y=INTEGER), list=list_of(INTEGER))
    place = await group.serve("things", **schema_of(loose))
    body = group.object("Thing", spec={"n": 1, "part": {"x": 1, "y": 1}, "list": [1, 2]})
    assert (await ask(client, "POST", place, body)).code == 201
    strict = object_of(
        n=ruled(INTEGER, "self > 5"),
        part=ruled(object_of(x=INTEGER, y=INTEGER), "self.x > 5"),
        list=list_of(ruled(INTEGER, "self > 5")),
    )
    definition = f"{DEFINITIONS}/things.{group.name}"
    versions = group.definition("things", **schema_of(strict))["spec"]["versions"]
    assert (await ask(client, "PATCH", definition, {"spec": {"versions": versions}}, MERGE_PATCH)).code == 200
    refusal = {**group.object("Thing", spec={"n": 1}), "metadata": {"name": "b"}}
    await eventually_refused(client, place, refusal)
    kept = {"spec": {"n": 6}}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert (await ask(client, "PATCH", f"{place}/a", kept, MERGE_PATCH)).code == 200
    assert sorted(str(each.message) for each in caught) == [
        "spec.list[0]: Invalid value: 1: failed rule: self > 5",
        "spec.list[1]: Invalid value: 2: failed rule: self > 5",
        "spec.part: Invalid value: failed rule: self.x > 5",
    ]
    changed = {"spec": {"n": 2, "part": {"y": 2}, "list": [1, 2, 6]}}
    refused = shown(await group.causes("PATCH", f"{place}/a", changed, MERGE_PATCH))
    assert [each.partition(":")[0] for each in refused] == ["spec.list[0]", "spec.list[1]", "spec.n", "spec.part"]


async def eventually_refused(client: BaseClient, place: str, body: Schema) -> None:
    """Wait until a server goes by a definition that has changed."""
    with anyio.fail_after(30):
        while True:
            if (await ask(client, "POST", place, body, dryRun="All")).code != 201:
                return
            await anyio.sleep(0.1)


def compiled(place: str, problem: str, rule: str, **more: str) -> str:
    """Write a cause about an expression; the server shows the rule as it holds it."""
    empty = {"Message": "", "MessageExpression": "", "Reason": None, "FieldPath": "", "OptionalOldSelf": None}
    members = {"Rule": rule, **empty}
    text = json.dumps({**members, **more}, separators=(",", ":")).replace(">", "\\u003e")
    return f"{SHOWN}.{place}: FieldValueInvalid: Invalid value: {text}: {problem}"


RULES = "x-kubernetes-validations"
SHOWN = "spec.validation.openAPIV3Schema.properties[spec]"
MISTAKES: list[tuple[Schema, list[str]]] = [
    (
        ruled(object_of(n=INTEGER), "self.m > 1"),
        [
            compiled(
                f"{RULES}[0].rule",
                "compilation failed: ERROR: <input>:1:5: undefined field 'm'\n | self.m > 1\n | ....^",
                "self.m > 1",
            )
        ],
    ),
    (
        ruled(object_of(n=INTEGER), "self.n == 'a'"),
        [
            compiled(
                f"{RULES}[0].rule",
                "compilation failed: ERROR: <input>:1:8: found no matching overload for '_==_' applied to '(int, "
                "string)'"
                "\n | self.n == 'a'\n | .......^",
                "self.n == 'a'",
            )
        ],
    ),
    (
        ruled(object_of(a=SHORT), "self.a.startsWith(1)"),
        [
            compiled(
                f"{RULES}[0].rule",
                "compilation failed: ERROR: <input>:1:18: found no matching overload for 'startsWith' applied to "
                "'string.(int)'\n | self.a.startsWith(1)\n | .................^",
                "self.a.startsWith(1)",
            )
        ],
    ),
    (
        ruled(object_of(a=SHORT), "self.a.length.x == 1"),
        [
            compiled(
                f"{RULES}[0].rule",
                "compilation failed: ERROR: <input>:1:7: type 'string' does not support field selection"
                "\n | self.a.length.x == 1\n | ......^",
                "self.a.length.x == 1",
            )
        ],
    ),
    (
        ruled(object_of(n=INTEGER), "unknown == 1"),
        [
            compiled(
                f"{RULES}[0].rule",
                "compilation failed: ERROR: <input>:1:1: undeclared reference to 'unknown' (in container '')"
                "\n | unknown == 1\n | ^",
                "unknown == 1",
            )
        ],
    ),
    (
        ruled(object_of(n=INTEGER), "self.n.size("),
        [
            compiled(
                f"{RULES}[0].rule",
                "compilation failed: ERROR: <input>:1:13: Syntax error: mismatched input '<EOF>' expecting {'[', "
                "'{', '(', "
                "')', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"
                "\n | self.n.size(\n | ............^",
                "self.n.size(",
            )
        ],
    ),
    (
        ruled(object_of(a=SHORT), "self.a.matches('(')"),
        [
            compiled(
                f"{RULES}[0].rule",
                "compilation failed: ERROR: <input>:1:16: invalid matches argument"
                "\n | self.a.matches('(')\n | ...............^",
                "self.a.matches('(')",
            )
        ],
    ),
    (
        ruled(object_of(n=INTEGER), "self.n + 1"),
        [compiled(f"{RULES}[0].rule", "cel expression must evaluate to a bool", "self.n + 1")],
    ),
    (
        ruled(object_of(n=INTEGER), {"rule": "self.n > 1", "messageExpression": "self.n"}),
        [
            compiled(
                f"{RULES}[0].messageExpression",
                "messageExpression must evaluate to a string",
                "self.n > 1",
                MessageExpression="self.n",
            )
        ],
    ),
    (
        object_of(list=list_of(ruled(INTEGER, "self >= oldSelf"))),
        [
            f'{SHOWN}.properties[list].items.{RULES}[0].rule: FieldValueInvalid: Invalid value: "self >= oldSelf": '
            "oldSelf "
            f"cannot be used on the uncorrelatable portion of the schema within {SHOWN}.properties[list]"
        ],
    ),
    (
        ruled(object_of(n=INTEGER), {"rule": "self.n > 1", "optionalOldSelf": True}),
        [
            f"{SHOWN}.{RULES}[0].optionalOldSelf: FieldValueInvalid: Invalid value: true: may not be set if oldSelf "
            "is not "
            "used in rule"
        ],
    ),
    (
        ruled(
            object_of(n=INTEGER),
            {"rule": " "},
            {"rule": "true", "message": " "},
            {"rule": "true", "message": "a\nb", "reason": "Other", "fieldPath": ".m"},
            {"rule": "true\n", "messageExpression": " "},
            {"rule": "true &&\ntrue"},
        ),
        [
            f"{SHOWN}.{RULES}[0].rule: FieldValueRequired: Required value: rule is not specified",
            f'{SHOWN}.{RULES}[1].message: FieldValueInvalid: Invalid value: " ": must be non-empty if specified',
            f'{SHOWN}.{RULES}[2].fieldPath: FieldValueInvalid: Invalid value: ".m": must be a valid path',
            f'{SHOWN}.{RULES}[2].message: FieldValueInvalid: Invalid value: "a\\nb": must not contain line breaks',
            f'{SHOWN}.{RULES}[2].reason: FieldValueNotSupported: Unsupported value: "Other": supported values: '
            '"FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"',
            f"{SHOWN}.{RULES}[3].messageExpression: FieldValueRequired: Required value: messageExpression must be "
            "non-empty if specified",
            f"{SHOWN}.{RULES}[4].message: FieldValueRequired: Required value: message must be specified if rule "
            "contains "
            "line breaks",
        ],
    ),
]


@pytest.mark.parametrize("number", range(len(MISTAKES)))
async def test_mistakes_in_rules(group: Group, number: int) -> None:
    spec, causes = MISTAKES[number]
    found = await group.causes("POST", DEFINITIONS, group.definition("things", **schema_of(spec)))
    assert shown(found) == sorted(causes)
