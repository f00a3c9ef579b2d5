"""CustomResourceDefinitions and what they define, word for word."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import anyio
import pytest

from kubex.client.base import BaseClient
from kubex.core.exceptions import KubexApiError, NotFound, TooManyRequests
from kubex.core.request import Request

pytestmark = pytest.mark.anyio

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
ANYTHING: dict[str, Any] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
SUBRESOURCES: dict[str, Any] = {
    "status": {},
    "scale": {
        "specReplicasPath": ".spec.replicas",
        "statusReplicasPath": ".status.replicas",
        "labelSelectorPath": ".status.selector",
    },
}


class Group:
    """A group of custom resources that no other test knows.

    Args:
        client: of the cluster.
        namespace: for its objects.
    """

    def __init__(self, client: BaseClient, namespace: str) -> None:
        self.name = f"g{uuid.uuid4().hex[:8]}.example.com"
        self._client = client
        self._namespace = namespace
        self.defined: list[str] = []

    async def ask(self, method: str, url: str, body: Any = None, form: str = JSON) -> Any:
        """Send JSON and give what is answered."""
        text = None if body is None else json.dumps(body)
        response = await self._client.request(Request(method, url, body=text, headers={"Content-Type": form}))
        return json.loads(response.content)

    async def causes(self, method: str, url: str, body: Any, form: str = JSON) -> list[tuple[str, str, str]]:
        """Give the causes for which a request is refused."""
        with pytest.raises(KubexApiError) as caught:
            await self.ask(method, url, body, form)
        details = caught.value.details
        found = (details.causes if details else None) or []
        return [(each.reason or "", each.field or "", each.message or "") for each in found]

    def definition(self, plural: str, *, names: dict[str, Any] | None = None, **version: Any) -> dict[str, Any]:
        """Make a definition with one version."""
        kind = plural.removesuffix("s").title()
        own = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": ANYTHING}, **version}
        spec = {"group": self.name, "scope": "Namespaced", "versions": [own]}
        return {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural}.{self.name}"},
            "spec": {**spec, "names": {"plural": plural, "kind": kind, **(names or {})}},
        }

    async def define(self, plural: str, **options: Any) -> dict[str, Any]:
        """Create a definition, and give it once its names have been looked at."""
        definition = self.definition(plural, **options)
        name = definition["metadata"]["name"]
        await self.ask("POST", DEFINITIONS, definition)
        self.defined.append(name)
        with anyio.fail_after(20):
            while True:
                found: dict[str, Any] = await self.ask("GET", f"{DEFINITIONS}/{name}")
                reasons = [each["reason"] for each in found["status"].get("conditions") or ()]
                if len(reasons) > 1 and "Installing" not in reasons:
                    return found
                await anyio.sleep(0.1)

    async def serve(self, plural: str, **options: Any) -> str:
        """Create a definition, and give the place of its objects once it is served."""
        await self.define(plural, **options)
        place = f"/apis/{self.name}/v1/namespaces/{self._namespace}/{plural}"
        with anyio.fail_after(20):
            while True:
                try:
                    await self.ask("GET", place)
                except (NotFound, TooManyRequests):
                    await anyio.sleep(0.1)
                else:
                    return place

    def object(self, kind: str, **members: Any) -> dict[str, Any]:
        """Make an object."""
        return {"apiVersion": f"{self.name}/v1", "kind": kind, "metadata": {"name": "a"}, **members}


@pytest.fixture
async def group(client: BaseClient, namespace: str) -> AsyncIterator[Group]:
    group = Group(client, namespace)
    try:
        yield group
    finally:
        for name in group.defined:
            with suppress(NotFound):
                await group.ask("DELETE", f"{DEFINITIONS}/{name}")


def unsupported(field: str, value: str, *known: str) -> tuple[str, str, str]:
    supported = ", ".join(f'"{each}"' for each in known)
    return "FieldValueNotSupported", field, f"Unsupported value: {value}: supported values: {supported}"


def no_format(field: str, name: str, value: str) -> tuple[str, str, str]:
    return (
        "FieldValueTypeInvalid",
        field,
        f'Invalid value: "{value}": {field} in body must be of type {name}: "{value}"',
    )


async def test_the_order_of_causes_and_of_values(group: Group) -> None:
    fields = {
        "size": {"type": "string", "enum": ["small", "large", "huge"]},
        "short": {"type": "string", "enum": ["zz", "yy"], "pattern": "^z", "minLength": 2},
        "flag": {"type": "boolean", "enum": [True]},
        "sizes": {"type": "array", "maxItems": 1, "items": {"type": "string", "enum": ["b", "a"]}},
        "none": {"type": "string", "nullable": True, "enum": ["b", "a"]},
    }
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": fields}}}
    place = await group.serve("orders", schema={"openAPIV3Schema": schema})

    async def causes(**spec: Any) -> list[tuple[str, str, str]]:
        return await group.causes("POST", place, group.object("Order", spec=spec))

    sizes = ("small", "large", "huge")
    assert await causes(size="x") == [unsupported("spec.size", '"x"', *sizes)]
    of_type = 'Invalid value: "integer": spec.size in body must be of type string: "integer"'
    assert await causes(size=5) == [
        ("FieldValueTypeInvalid", "spec.size", of_type),
        unsupported("spec.size", "5", *sizes),
    ]
    too_short = 'Invalid value: "x": spec.short in body should be at least 2 chars long'
    assert await causes(short="x") == [
        ("FieldValueInvalid", "spec.short", too_short),
        unsupported("spec.short", '"x"', "zz", "yy"),
    ]
    assert await causes(flag=False) == [unsupported("spec.flag", "false", "true")]
    assert await causes(sizes=["x", "a"]) == [
        unsupported("spec.sizes[0]", '"x"', "b", "a"),
        ("FieldValueTooMany", "spec.sizes", "Too many: 2: must have at most 1 item"),
    ]
    assert await causes(none=None) == [unsupported("spec.none", "null", "b", "a")]


async def test_formats_of_strings(group: Group) -> None:
    wrong = {
        "date-time": ["no", "2020-01-01", "2020-01-01T00:00:00", "2020-13-01T00:00:00Z", "2020-01-01T24:00:00Z", ""],
        "date": ["2020-1-1", "2020-02-30"],
        "duration": ["x"],
        "uri": ["x", "::", "http://a b"],
        "hostname": ["-x"],
        "ipv4": ["1.2.3"],
        "ipv6": ["1::2::3"],
        "cidr": ["1.2.3.4/99"],
        "mac": ["zz"],
        "byte": ["***"],
        "email": ["x"],
        "uuid": ["x"],
        "uuid4": ["x"],
        "hexcolor": ["z"],
        "rgbcolor": ["z"],
        "k8s-short-name": ["_Z"],
    }
    right = {
        "date-time": ["2020-01-01T00:00:00Z", "2020-01-01t00:00:00.123+02:00"],
        "date": ["2020-02-29"],
        "duration": ["1h2m", "3 days"],
        "uri": ["http://a/b?c=d#e", "/a"],
        "ipv6": ["1::2"],
        "cidr": ["10.0.0.0/8"],
        "byte": ["aGk="],
        "password": ["***"],
    }
    fields = {name: {"type": "string", "format": name} for name in {**wrong, **right}}
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": fields}}}
    place = f"{await group.serve('formats', schema={'openAPIV3Schema': schema})}?dryRun=All"
    for name, values in wrong.items():
        for value in values:
            found = await group.causes("POST", place, group.object("Format", spec={name: value}))
            assert found == [no_format(f"spec.{name}", name, value)]
    for name, values in right.items():
        for value in values:
            await group.ask("POST", place, group.object("Format", spec={name: value}))


async def test_discovery_of_custom_resources(group: Group) -> None:
    await group.serve("crates", subresources=SUBRESOURCES)
    found = (await group.ask("GET", f"/apis/{group.name}/v1"))["resources"]
    assert [each["name"] for each in found] == ["crates", "crates/status", "crates/scale"]
    assert found[0]["verbs"] == ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]


def state(definition: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    conditions = definition["status"]["conditions"]
    return [(each["type"], each["status"], each["reason"], each["message"]) for each in conditions]


NOT_ESTABLISHED = ("Established", "False", "NotAccepted", "not all names are accepted")
ACCEPTED = [
    ("NamesAccepted", "True", "NoConflicts", "no conflicts found"),
    ("Established", "True", "InitialNamesAccepted", "the initial names have been accepted"),
]


def owned_condition(type_: str) -> tuple[str, dict[str, Any]]:
    members = ("lastTransitionTime", "message", "reason", "status", "type")
    return f'k:{{"type":"{type_}"}}', {".": {}, **{f"f:{name}": {} for name in members}}


async def test_the_status_of_a_definition_is_the_servers(group: Group) -> None:
    found = await group.define("plates")
    assert state(found) == ACCEPTED
    entries = [each for each in found["metadata"]["managedFields"] if each["manager"] == "kube-apiserver"]
    assert [(each["operation"], each["subresource"]) for each in entries] == [("Update", "status")]
    names: dict[str, Any] = {f"f:{name}": {} for name in ("kind", "listKind", "plural", "singular")}
    conditions = dict(map(owned_condition, ("Established", "NamesAccepted")))
    assert entries[0]["fieldsV1"] == {"f:status": {"f:acceptedNames": names, "f:conditions": conditions}}


async def test_names_that_clash_are_not_accepted_and_others_are(group: Group) -> None:
    await group.define("firsts", names={"shortNames": ["fi", "ft"], "categories": ["all"]})
    second = {
        "kind": "First",
        "singular": "second",
        "listKind": "SecondList",
        "shortNames": ["fi"],
        "categories": ["x"],
    }
    found = await group.define("seconds", names=second)
    assert state(found) == [("NamesAccepted", "False", "KindConflict", '"First" is already in use'), NOT_ESTABLISHED]
    assert found["status"]["acceptedNames"] == {
        "plural": "seconds",
        "singular": "second",
        "kind": "",
        "listKind": "SecondList",
        "categories": ["x"],
    }
    found = await group.define("thirds", names={"shortNames": ["firsts", "th", "ft"]})
    both = '["firsts" is already in use, "ft" is already in use]'
    assert state(found) == [("NamesAccepted", "False", "ShortNamesConflict", both), NOT_ESTABLISHED]
    names = {"plural": "thirds", "singular": "third", "kind": "Third", "listKind": "ThirdList"}
    assert found["status"]["acceptedNames"] == names


async def test_a_definition_that_is_being_deleted_says_so(group: Group) -> None:
    place = await group.serve("ends")
    await group.ask("POST", place, group.object("End", metadata={"name": "a", "finalizers": ["example.com/held"]}))
    name = f"ends.{group.name}"
    marked = "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"
    found = await group.ask("DELETE", f"{DEFINITIONS}/{name}")
    assert state(found) == [*ACCEPTED, ("Terminating", "True", "InstanceDeletionPending", marked)]
    with anyio.fail_after(20):
        while state(found)[-1][2] == "InstanceDeletionPending":
            found = await group.ask("GET", f"{DEFINITIONS}/{name}")
    under_way = "CustomResource deletion is in progress"
    assert state(found) == [*ACCEPTED, ("Terminating", "True", "InstanceDeletionInProgress", under_way)]
    with pytest.raises(
        KubexApiError, match="create not allowed while custom resource definition is terminating"
    ) as caught:
        await group.ask("POST", place, group.object("End", metadata={"name": "b"}))
    assert caught.value.status == 403
    await group.ask("PATCH", f"{place}/a", {"metadata": {"finalizers": None}}, MERGE_PATCH)


async def test_names_of_definitions_are_checked(group: Group) -> None:
    async def fields(**names: Any) -> list[tuple[str, str]]:
        found = await group.causes("POST", f"{DEFINITIONS}?dryRun=All", group.definition("bowls", names=names))
        return [(reason, field.removeprefix("spec.names.")) for reason, field, _ in found]

    wrong = "FieldValueInvalid"
    assert await fields(kind="bad_kind") == [(wrong, "singular"), (wrong, "kind"), (wrong, "listKind")]
    assert await fields(listKind="Bowl") == [(wrong, "listKind")]
    assert await fields(shortNames=["OK", "b"], categories=["All"]) == [
        (wrong, "shortNames[0]"),
        (wrong, "categories[0]"),
    ]
    assert await fields(kind="") == [("FieldValueRequired", each) for each in ("singular", "kind", "listKind")]


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("(", "missing closing ): `(`"),
        ("[", "missing closing ]: `[`"),
        ("^(?=a)b", "invalid or unsupported Perl syntax: `(?=`"),
        ("\\1", "invalid escape sequence: `\\1`"),
        ("a{2000}", "invalid repeat count: `{2000}`"),
        ("(?P<a", "invalid named capture: `(?P<a`"),
        ("*", "missing argument to repetition operator: `*`"),
        ("a**", "invalid nested repetition operator: `**`"),
        ("[z-a]", "invalid character class range: `z-a`"),
        ("a\\", "trailing backslash at end of expression: ``"),
    ],
)
async def test_a_pattern_that_is_no_regular_expression(group: Group, pattern: str, problem: str) -> None:
    spec = {"type": "object", "properties": {"a": {"type": "string", "pattern": pattern}}}
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}
    why = f"must be a valid regular expression, but isn't: error parsing regexp: {problem}"
    place = "spec.validation.openAPIV3Schema.properties[spec].properties[a].pattern"
    shown = json.dumps(pattern)
    assert await group.causes("POST", DEFINITIONS, group.definition("wrongs", schema=schema)) == [
        ("FieldValueInvalid", place, f"Invalid value: {shown}: {why}")
    ]


async def test_patterns_are_those_of_go(group: Group) -> None:
    patterns = {"evil": "^(a+)+$", "letters": r"^\pL+$", "digits": r"^\d+$"}
    members = {name: {"type": "string", "pattern": pattern} for name, pattern in patterns.items()}
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": members}}}
    place = await group.serve("patterns", schema={"openAPIV3Schema": schema})
    url = f"{place}?dryRun=All"
    right = {"evil": "a" * 50, "letters": "\u00e9\u0628", "digits": "12"}
    await group.ask("POST", url, group.object("Pattern", spec=right))
    # Python's own would take years for the first.
    wrong = {"evil": "a" * 50 + "!", "letters": "a1", "digits": "\u0663"}
    found = await group.causes("POST", url, group.object("Pattern", spec=wrong))
    assert sorted(field for _, field, _ in found) == ["spec.digits", "spec.evil", "spec.letters"]
    assert all(f"should match '{patterns[field.rpartition('.')[2]]}'" in message for _, field, message in found)
