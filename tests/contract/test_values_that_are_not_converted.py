"""What servers answer where a value fits its type, and yet is none: counts of templates, and finalizers."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import APPLY, JSON, MERGE, STRATEGIC, ask, causes

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

COUNT = "deprecated.daemonset.template.generation"
WHY = 'strconv.ParseInt: parsing "x": invalid syntax'


def daemon_set(count: str | None = None) -> Part:
    labels = {"a": "b"}
    containers = [{"name": "a", "image": "example.com/none:1"}]
    # Nowhere to run.
    spec = {"nodeSelector": {"example.com/none": "none"}, "containers": containers}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "a", "annotations": {COUNT: count} if count is not None else {}},
        "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": spec}},
    }


@pytest.mark.parametrize(
    ("count", "why"),
    [
        ("", "invalid syntax"),
        ("1_0", "invalid syntax"),
        (" 1", "invalid syntax"),
        ("1.0", "invalid syntax"),
        ("9223372036854775808", "value out of range"),
    ],
)
async def test_a_count_of_templates_that_is_no_number(client: BaseClient, namespace: str, count: str, why: str) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/daemonsets"
    answer = await ask(client, "POST", path, daemon_set(count), dryRun="All")
    unread = 'DaemonSet in version "v1" cannot be handled as a DaemonSet'
    message = f'{unread}: strconv.ParseInt: parsing "{count}": {why}'
    assert (answer.code, answer.body["reason"], answer.message) == (400, "BadRequest", message)


@pytest.mark.parametrize(("count", "kept"), [("007", "7"), ("+5", "5"), ("-3", "1"), ("0", "1")])
async def test_a_count_of_templates_is_written_anew(client: BaseClient, namespace: str, count: str, kept: str) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/daemonsets"
    answer = await ask(client, "POST", path, daemon_set(count), dryRun="All")
    assert (answer.code, answer.body["metadata"]["annotations"][COUNT]) == (201, kept)


async def test_changes_to_a_count_that_is_no_number(client: BaseClient, namespace: str) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/daemonsets"
    assert (await ask(client, "POST", path, daemon_set())).code == 201
    replaced = await ask(client, "PUT", f"{path}/a", daemon_set("x"))
    unread = 'DaemonSet in version "v1" cannot be handled as a DaemonSet'
    assert (replaced.code, replaced.message) == (400, f"{unread}: {WHY}")
    change = {"metadata": {"annotations": {COUNT: "x"}}}
    pointer = [{"op": "add", "path": f"/metadata/annotations/{COUNT}", "value": "x"}]
    for kind, body in ((MERGE, change), (JSON, pointer)):
        patched = await ask(client, "PATCH", f"{path}/a", body, kind)
        (cause,) = causes(patched)
        assert cause.startswith("patch: Invalid value: ")
        assert cause.endswith(f": {WHY}")
    patched = await ask(client, "PATCH", f"{path}/a", change, STRATEGIC)
    assert (patched.code, patched.message) == (500, WHY)
    applied = await ask(client, "PATCH", f"{path}/a", daemon_set("x"), APPLY, fieldManager="test", force="true")
    assert (applied.code, applied.message.endswith(f": {WHY}")) == (500, True)


async def test_finalizers_that_are_no_names(client: BaseClient, namespace: str) -> None:
    body = {"metadata": {"name": "a", "finalizers": ["a b", "orphan", "foregroundDeletion", "c"]}}
    answer = await ask(client, "POST", f"/api/v1/namespaces/{namespace}/configmaps", body, dryRun="All")
    found = causes(answer)
    unknown = "name is neither a standard finalizer name nor is it fully qualified"
    assert found[0].startswith('metadata.finalizers: Invalid value: "a b": name part must consist of')
    assert found[1:] == [
        'metadata.finalizers: Invalid value: ["a b","orphan","foregroundDeletion","c"]: '
        "finalizer orphan and foregroundDeletion cannot be both set",
        f'metadata.finalizers[0]: Invalid value: "a b": {unknown}',
        f'metadata.finalizers[3]: Invalid value: "c": {unknown}',
    ]
