"""Objects of custom resources: what is checked in them, kept of them and shown of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubex.client.base import BaseClient
from kubex.core.request import Request
from tests.contract.answers import MERGE, Answer, ask
from tests.contract.test_definitions import Group, group

__all__ = ("group",)

pytestmark = pytest.mark.anyio

TABLE = {"Accept": "application/json;as=Table;g=meta.k8s.io;v=v1"}
READY = '.status.conditions[?(@.type=="Ready")].status'


def of(**fields: Any) -> dict[str, Any]:
    """The schema of a resource with these fields in its spec."""
    spec = {"type": "object", "properties": fields}
    return {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}


def told(answer: Answer) -> list[str]:
    assert answer.code == 422, answer
    return [f"{each['field']}: {each['message']}" for each in answer.body["details"]["causes"]]


async def test_objects_inside_objects_are_whole_ones(client: BaseClient, group: Group) -> None:
    inner = {"type": "object", "x-kubernetes-embedded-resource": True, "x-kubernetes-preserve-unknown-fields": True}
    place = await group.serve("boxes", schema=of(tmpl=inner, list={"type": "array", "items": inner}))

    async def put(query: str = "", **spec: Any) -> Answer:
        return await ask(client, "POST", place + query, group.object("Boxe", spec=spec))

    places = ("spec.list[0].apiVersion", "spec.tmpl.apiVersion", "spec.tmpl.kind")  # whose order a server leaves open
    assert sorted(told(await put(tmpl={}, list=[{"kind": "A"}]))) == [f"{each}: Required value" for each in places]
    empty = 'Invalid value: "": must not be empty'
    assert told(await put(tmpl={"apiVersion": "", "kind": "A"})) == [f"spec.tmpl.apiVersion: {empty}"]
    assert told(await put(tmpl={"apiVersion": "v1", "kind": ""})) == [f"spec.tmpl.kind: {empty}"]
    (slashes,) = told(await put(tmpl={"apiVersion": "a/b/c", "kind": "A"}))
    assert slashes == 'spec.tmpl.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c'
    (mixed,) = told(await put(tmpl={"apiVersion": "v1", "kind": "a b"}))
    assert mixed.startswith('spec.tmpl.kind: Invalid value: "a b": may have mixed case, but should otherwise match: ')
    labelled = {"apiVersion": "v1", "kind": "A", "metadata": {"labels": {"bad key": "x"}}}
    assert told(await put(tmpl=labelled))[0].startswith('spec.tmpl.metadata.labels: Invalid value: "bad key"')
    read = await put(tmpl={"apiVersion": 5, "kind": "A"})
    assert read.code == 400
    assert read.message.endswith(
        "cannot be handled as a Boxe: spec.tmpl.apiVersion: Invalid value: 5: must be a string"
    )
    unknown = {
        "apiVersion": "v1",
        "kind": "A",
        "metadata": {"name": "x", "odd": 1, "creationTimestamp": None},
        "more": 1,
    }
    strict = await put("?fieldValidation=Strict", tmpl=unknown)
    assert (strict.code, 'unknown field "spec.tmpl.metadata.odd"' in strict.message) == (400, True)
    kept = await put("?fieldValidation=Ignore", tmpl=unknown)
    assert kept.body["spec"]["tmpl"] == {"apiVersion": "v1", "kind": "A", "metadata": {"name": "x"}, "more": 1}


async def test_schemas_say_what_is_needed_of_whole_objects(client: BaseClient, group: Group) -> None:
    metadata = {"type": "object", "properties": {"name": {"type": "string", "maxLength": 3, "pattern": "^a"}}}
    kind = {"type": "string", "enum": ["Boxe"]}
    fields = {"metadata": metadata, "kind": kind, "spec": {"type": "object"}}
    whole = {"type": "object", "required": ["apiVersion", "kind", "metadata", "spec"], "properties": fields}
    place = await group.serve("boxes", schema={"openAPIV3Schema": {**whole, "maxProperties": 4}})

    def box(name: str, **more: Any) -> dict[str, Any]:
        made = group.object("Boxe", **more)
        return {**made, "metadata": {**made["metadata"], "name": name}}

    assert (await ask(client, "POST", place, box("abc", spec={}))).code == 201
    changed = await ask(client, "PATCH", f"{place}/abc", {"metadata": {"labels": {"a": "b"}}}, MERGE)
    assert changed.code == 200
    assert told(await ask(client, "POST", place, box("ab"))) == ["spec: Required value"]
    assert told(await ask(client, "POST", place, box("abcd", spec={}))) == [
        "metadata.name: Too long: may not be more than 3 bytes"
    ]
    assert told(await ask(client, "POST", place, box("b", spec={}))) == [
        "metadata.name: Invalid value: \"b\": metadata.name in body should match '^a'"
    ]


async def test_what_no_schema_or_several_fit(client: BaseClient, group: Group) -> None:
    number = {"type": "integer"}
    either = {"type": "object", "properties": {"a": number, "b": number}}
    needs = [{"required": ["a"]}, {"required": ["b"]}]
    fields = {
        "one": {**either, "oneOf": needs},
        "any": {**either, "anyOf": needs},
        "all": {**either, "allOf": needs},
        "no": {**either, "not": {"required": ["a"]}},
        "null": {"x-kubernetes-int-or-string": True, "nullable": True, "anyOf": [number, {"type": "string"}]},
    }
    place = await group.serve("picks", schema=of(**fields))

    async def causes(**spec: Any) -> list[str]:
        return told(await ask(client, "POST", place, group.object("Pick", spec=spec)))

    def whole(field: str, text: str) -> str:
        return f'<nil>: Invalid value: "": "spec.{field}" {text}'

    one = "must validate one and only one schema (oneOf). Found"
    assert await causes(one={}) == [whole("one", f"{one} none valid"), "spec.one.a: Required value"]
    assert await causes(one={"a": 1, "b": 1}) == [whole("one", f"{one} 2 valid alternatives")]
    least = whole("any", "must validate at least one schema (anyOf)")
    assert await causes(any={}) == [least, "spec.any.a: Required value"]
    missing = ["spec.all.a: Required value", "spec.all.b: Required value"]
    every = "must validate all the schemas (allOf)"
    assert await causes(all={}) == [*missing, whole("all", f"{every}. None validated")]
    assert await causes(all={"a": 1}) == [missing[1], whole("all", every)]
    assert await causes(no={"a": 1}) == [whole("no", "must not validate the schema (not)")]
    made = await ask(client, "POST", place, group.object("Pick", spec={"null": None}))
    assert (made.code, made.body["spec"]) == (201, {"null": None})


async def test_statuses_are_checked_by_their_own_schema(client: BaseClient, group: Group) -> None:
    status = {
        "type": "object",
        "properties": {"n": {"type": "integer"}, "a": {"type": "integer"}, "b": {"type": "integer"}},
        "not": {"required": ["a"]},
    }
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"status": status}}}
    place = await group.serve("states", schema=schema, subresources={"status": {}})
    await ask(client, "POST", place, group.object("State"))

    async def causes(status: Any) -> list[str]:
        return told(await ask(client, "PATCH", f"{place}/a/status", {"status": status}, MERGE))

    wrong = 'Invalid value: "string": n in body must be of type integer: "string"'
    assert await causes({"n": "x"}) == [f"status.n: {wrong}"]
    assert await causes({"a": 1}) == ['status: Invalid value: "": "" must not validate the schema (not)']


async def test_nulls_and_whole_numbers(client: BaseClient, group: Group) -> None:
    labels = {"type": "object", "additionalProperties": {"type": "string"}}
    fields = {"labels": labels, "n": {"type": "integer"}, "f": {"type": "number"}}
    place = await group.serve("amounts", schema=of(**fields))
    text = '{"labels":{"a":null,"b":"x"},"n":1.0,"f":2.0}'
    body = f'{{"apiVersion":"{group.name}/v1","kind":"Amount","metadata":{{"name":"a"}},"spec":{text}}}'
    made = await ask(client, "POST", place, body)
    assert made.code == 201, made
    spec = made.body["spec"]
    assert (spec["labels"], repr(spec["n"]), repr(spec["f"])) == ({"b": "x"}, "1", "2")


async def test_nulls_have_the_default_of_what_may_not_be_null(client: BaseClient, group: Group) -> None:
    text = {"type": "string"}
    given = {**text, "default": "x"}
    any_value = {"x-kubernetes-preserve-unknown-fields": True}
    fields = {
        "field": given,
        "list": {"type": "array", "items": given},
        "map": {"type": "object", "additionalProperties": given},
        "of": {"type": "object", "additionalProperties": {"type": "object", "properties": {"a": given}, "default": {}}},
        "plain": {"type": "object", "additionalProperties": text},
        "some": {"type": "array", "items": {**given, "nullable": True}},
        "any": any_value,
        "number": {"x-kubernetes-int-or-string": True},
        "either": {**any_value, "nullable": True},
        "missing": {**text, "nullable": True, "default": None},
        "bare": {"type": "array", "items": text},
    }
    place = await group.serve("voids", schema=of(**fields))
    nulls = {"field": None, "plain": {"a": None}, "any": None, "number": None, "either": None}
    of_lists = {"list": [None, "y"], "map": {"a": None, "b": "y"}, "of": {"a": None}, "some": [None]}
    made = await ask(client, "POST", place, group.object("Void", spec={**nulls, **of_lists}))
    assert made.code == 201, made
    filled = {"list": ["x", "y"], "map": {"a": "x", "b": "y"}, "of": {"a": {"a": "x"}}, "some": [None]}
    assert made.body["spec"] == {"field": "x", "plain": {}, "either": None, **filled}
    refused = await ask(client, "POST", place, group.object("Void", spec={"bare": [None]}))
    assert refused.code == 422, refused


async def test_enumerations_admit_null_only_where_they_stand_inside_all_of(client: BaseClient, group: Group) -> None:
    text = {"type": "string", "nullable": True}
    fields = {
        "bare": {**text, "enum": ["a"]},
        "listed": {**text, "enum": ["a", None]},
        "inside": {**text, "allOf": [{"enum": ["a"]}]},
    }
    place = await group.serve("modes", schema=of(**fields))

    async def put(name: str, **spec: Any) -> Answer:
        return await ask(client, "POST", place, group.object("Mode", spec=spec, metadata={"name": name}))

    assert told(await put("a", bare=None)) == ['spec.bare: Unsupported value: null: supported values: "a"']
    assert told(await put("a", listed=None)) == ['spec.listed: Unsupported value: null: supported values: "a", "null"']
    assert (await put("a", inside=None)).body["spec"] == {"inside": None}
    assert (await put("b", inside="a", listed="a")).code == 201
    assert 'spec.inside: Unsupported value: "b": supported values: "a"' in told(await put("c", inside="b"))


async def test_what_is_twice_in_sets_and_maps(client: BaseClient, group: Group) -> None:
    numbers = {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "integer"}}
    keyed = {
        "type": "array",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["k"],
        "items": {"type": "object", "required": ["k"], "properties": {"k": {"type": "string"}}},
    }
    place = await group.serve(
        "sets", schema=of(s=numbers, m={"type": "object", "additionalProperties": numbers}, k=keyed)
    )

    async def causes(**spec: Any) -> list[str]:
        return told(await ask(client, "POST", place, group.object("Set", spec=spec)))

    assert await causes(s=[1, 1, 1, 2]) == ["spec.s[1]: Duplicate value: 1"]
    assert await causes(m={"x": [3, 3]}) == ["spec.m[x][1]: Duplicate value: 3"]
    assert await causes(k=[{"k": "a"}, {"k": "a"}, {"k": "a"}]) == ['spec.k[1]: Duplicate value: {"k":"a"}']


async def test_columns_by_paths_of_all_sorts(client: BaseClient, group: Group) -> None:
    paths = [
        ("string", READY),
        ("string", ".status.conditions[*].type"),
        ("string", ".status.conditions[-1].type"),
        ("string", ".status.conditions[0:2].type"),
        ("string", ".status.conditions[5].type"),
        ("string", ".status..deep"),
        ("string", ".status.map"),
        ("string", ".status.none"),
        ("string", ".status.missing"),
        ("integer", ".status.float"),
        ("number", ".status.float"),
        ("string", ".status.float"),
        ("boolean", ".status.flag"),
        ("string", ".status.conditions[?(@.n>1)].type"),
        ("string", r".status['dotted\.name']"),
        ("date", ".status.flag"),
    ]
    columns = [{"name": f"c{index}", "type": type_, "jsonPath": path} for index, (type_, path) in enumerate(paths)]
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    place = await group.serve("views", schema={"openAPIV3Schema": anything}, additionalPrinterColumns=columns)
    status = {
        "conditions": [{"type": "Stale", "status": "False", "n": 1}, {"type": "Ready", "status": "True", "n": 2}],
        "map": {"b": [1], "a": {"deep": "x"}},
        "none": None,
        "float": 1.5,
        "flag": True,
        "dotted.name": "d",
    }
    await ask(client, "POST", place, group.object("View", status=status))
    table = await client.request(Request("GET", place, headers=TABLE))
    row = json.loads(table.content)["rows"][0]["cells"]
    shown = ["True", "Stale", "Ready", "Stale", None, "x", '{"a":{"deep":"x"},"b":[1]}', "<no value>", None]
    assert row == ["a", *shown, 1, 1.5, "1.5", True, "Ready", "d", None]


async def test_metadata_of_wrong_types(client: BaseClient, group: Group) -> None:
    place = await group.serve("tags")
    await ask(client, "POST", place, group.object("Tag"))
    why = "json: cannot unmarshal string into Go struct field ObjectMeta.labels of type map[string]string"
    wrong = {"labels": "x"}
    (told_of_patch,) = told(await ask(client, "PATCH", f"{place}/a", {"metadata": wrong}, MERGE))
    assert told_of_patch.startswith("patch: Invalid value: ")
    assert told_of_patch.endswith(f": {why}")
    assert "cannot be handled" not in told_of_patch
    sent = await ask(client, "POST", place, group.object("Tag", metadata={"name": "b", **wrong}))
    assert (sent.code, sent.message) == (400, f'Tag in version "v1" cannot be handled as a Tag: {why}')
