"""What the rules in CEL of a definition have against its own defaults, when it is written."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import ask
from tests.contract.test_definitions import DEFINITIONS, MERGE_PATCH, Group, group
from tests.contract.test_rules_in_cel import (
    BY_NAME,
    INTEGER,
    SHORT,
    list_of,
    map_of,
    object_of,
    ruled,
    schema_of,
    shown,
)

__all__ = ("group",)

pytestmark = pytest.mark.anyio

Schema = dict[str, Any]
SPEC = "spec.validation.openAPIV3Schema.properties[spec]"
DEFAULT = f"{SPEC}.default"


def by_default(value: Any, schema: Schema) -> Schema:
    return {**schema, "default": value}


def named(schema: Schema) -> Schema:
    return {**object_of(name=SHORT, n=schema), "required": ["name"]}


FIRST = {"rule": "oldSelf.hasValue() ? self > 1 : self > 5", "optionalOldSelf": True}
TOLD = {"rule": "self.n > 1", "messageExpression": "'n is ' + string(self.n)", "fieldPath": ".n"}
REFUSED: list[tuple[Schema, list[str]]] = [
    (
        by_default(1, ruled(INTEGER, "self > 1")),
        [f"{DEFAULT}: FieldValueInvalid: Invalid value: 1: failed rule: self > 1"],
    ),
    (
        object_of(
            n=by_default(1, ruled(INTEGER, {"rule": "self > 1", "message": "more", "reason": "FieldValueForbidden"}))
        ),
        [f"{SPEC}.properties[n].default: FieldValueForbidden: Forbidden: more"],
    ),
    (
        by_default({"n": 1}, ruled(object_of(n=ruled(INTEGER, "self > 2")), TOLD)),
        [
            f"{DEFAULT}.n: FieldValueInvalid: Invalid value: 1: failed rule: self > 2",
            f"{DEFAULT}.n: FieldValueInvalid: Invalid value: n is 1",
        ],
    ),
    (
        by_default([1, 5], list_of(ruled(INTEGER, "self > 1"))),
        [f"{DEFAULT}[0]: FieldValueInvalid: Invalid value: 1: failed rule: self > 1"],
    ),
    (
        by_default({"a": 1}, map_of(ruled(INTEGER, "self > 1"))),
        [f"{DEFAULT}[a]: FieldValueInvalid: Invalid value: 1: failed rule: self > 1"],
    ),
    (
        list_of(object_of(n=by_default(1, ruled(INTEGER, "self > 1")))),
        [f"{SPEC}.items.properties[n].default: FieldValueInvalid: Invalid value: 1: failed rule: self > 1"],
    ),
    # Rules that compare are asked whether the default may stay as it is.
    (
        by_default(1, ruled(INTEGER, "self > oldSelf")),
        [f"{DEFAULT}: FieldValueInvalid: Invalid value: 1: failed rule: self > oldSelf"],
    ),
    (
        by_default([{"name": "a", "n": 1}], list_of(named(ruled(INTEGER, "self > oldSelf")), **BY_NAME)),
        [f"{DEFAULT}[0].n: FieldValueInvalid: Invalid value: 1: failed rule: self > oldSelf"],
    ),
    # And those that do without something to compare with, whether it may come from nothing.
    (
        by_default(1, ruled(INTEGER, FIRST)),
        [f"{DEFAULT}: FieldValueInvalid: Invalid value: 1: failed rule: {FIRST['rule']}"],
    ),
    (
        by_default(2, ruled(INTEGER, FIRST)),
        [f"{DEFAULT}: FieldValueInvalid: Invalid value: 2: failed rule: {FIRST['rule']}"],
    ),
    (
        by_default("x", ruled(SHORT, "quantity(self).isLessThan(quantity('1Gi'))")),
        [
            f'{DEFAULT}: FieldValueInvalid: Invalid value: "string": quantities must match the regular expression '
            "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$' evaluating rule: "
            "quantity(self).isLessThan(quantity('1Gi'))"
        ],
    ),
    # What the schema itself has something against is not looked at further, and neither is whether rules compile.
    (
        object_of(
            a=by_default({}, ruled({**object_of(n=INTEGER), "required": ["n"]}, "has(self.n)")),
            b=ruled(INTEGER, "unknown"),
        ),
        [f"{SPEC}.properties[a].default.n: FieldValueRequired: Required value"],
    ),
    (
        by_default(1, ruled(INTEGER, "unknown == 1")),
        [
            f'{DEFAULT}: FieldValueInvalid: Invalid value: "integer": rule compile error: compilation failed: ERROR: '
            "<input>:1:1: undeclared reference to 'unknown' (in container '')\n | unknown == 1\n | ^"
        ],
    ),
]
TAKEN: list[Schema] = [
    by_default(6, ruled(INTEGER, FIRST, "self >= oldSelf", "self > 1")),
    by_default({}, object_of(n=ruled(INTEGER, "self > 1"))),
    by_default([1], list_of(INTEGER, **{"x-kubernetes-validations": [{"rule": "self.all(n, n > 0)"}]})),
]


@pytest.mark.parametrize("number", range(len(REFUSED)))
async def test_defaults_that_break_rules_are_refused(group: Group, number: int) -> None:
    spec, causes = REFUSED[number]
    found = await group.causes("POST", f"{DEFINITIONS}?dryRun=All", group.definition("things", **schema_of(spec)))
    assert shown(found) == sorted(causes)


@pytest.mark.parametrize("number", range(len(TAKEN)))
async def test_defaults_that_keep_them_are_taken(client: BaseClient, group: Group, number: int) -> None:
    definition = group.definition("things", **schema_of(TAKEN[number]))
    assert (await ask(client, "POST", DEFINITIONS, definition, dryRun="All")).code == 201


async def test_a_rule_that_comes_later_is_asked_too(group: Group) -> None:
    await group.serve("things", **schema_of(object_of(n=by_default(1, INTEGER))))
    stricter = group.definition("things", **schema_of(object_of(n=by_default(1, ruled(INTEGER, "self > 1")))))
    path = f"{DEFINITIONS}/things.{group.name}?dryRun=All"
    found = await group.causes("PATCH", path, {"spec": {"versions": stricter["spec"]["versions"]}}, MERGE_PATCH)
    told = "FieldValueInvalid: Invalid value: 1: failed rule: self > 1"
    assert shown(found) == [f"{SPEC}.properties[n].default: {told}"]
