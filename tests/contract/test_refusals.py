"""Events, endpoints, nodes, services, claims and definitions that servers refuse, or put right; and why."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, STRATEGIC, Answer, ask, create_when_ready

pytestmark = pytest.mark.anyio

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
NOW = "2026-01-01T00:00:00.000000Z"


def causes(answer: Answer) -> list[str]:
    """Give what a refusal tells, each once."""
    assert answer.code == 422, answer.body
    return sorted({f"{each['field']}: {each['message']}" for each in answer.body["details"]["causes"]})


async def test_events_of_the_core_group_need_little(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/events"
    event = {"metadata": {"name": "Any_Name"}, "involvedObject": {"kind": "Pod", "namespace": namespace}}
    assert (await ask(client, "POST", path, event)).code == 201
    assert (await ask(client, "PUT", f"{path}/Any_Name", {**event, "message": "x" * 2000})).code == 200
    elsewhere = {**event, "involvedObject": {"kind": "Pod", "namespace": "other"}}
    mismatch = 'involvedObject.namespace: Invalid value: "other": does not match event.namespace'
    assert causes(await ask(client, "PUT", f"{path}/Any_Name", elsewhere)) == [mismatch]
    timed = {**event, "metadata": {"name": "b"}, "eventTime": NOW, "message": "x" * 1025}
    name = (
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
        "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
        "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
    )
    assert causes(await ask(client, "POST", path, timed)) == [
        "action: Required value",
        'message: Invalid value: "": can have at most 1024 characters',
        "reason: Required value",
        'reportingComponent: Invalid value: "": name part must be non-empty',
        f'reportingComponent: Invalid value: "": {name}',
        "reportingComponent: Required value",
        "reportingInstance: Required value",
    ]


async def test_events_of_their_own_group_need_much(client: BaseClient, namespace: str) -> None:
    path = f"/apis/events.k8s.io/v1/namespaces/{namespace}/events"
    refused = await ask(client, "POST", path, {"metadata": {"name": "x" * 254}, "deprecatedCount": 1})
    assert "must be no more than 253 characters" in refused.message
    assert set(causes(refused)) >= {
        'count: Invalid value: "": needs to be unset',
        "eventTime: Required value",
        'involvedObject.namespace: Invalid value: "": does not match event.namespace',
        'type: Invalid value: "": has invalid value: ',
    }
    event = {
        "metadata": {"name": "a"},
        "eventTime": NOW,
        "reportingController": "example.com/c",
        "reportingInstance": "i",
        "action": "Act",
        "reason": "Why",
        "type": "Normal",
        "regarding": {"kind": "Pod", "name": "p", "namespace": namespace},
    }
    made = await ask(client, "POST", path, event)
    assert made.code == 201, made.body
    series = {**made.body, "series": {"count": 1, "lastObservedTime": NOW}, "note": "n", "reason": "Other"}
    assert causes(await ask(client, "PUT", f"{path}/a", series)) == [
        'message: Invalid value: "n": field is immutable',
        'reason: Invalid value: "Other": field is immutable',
        'series.count: Invalid value: "": should be at least 2',
    ]


@pytest.mark.filterwarnings("ignore:v1 Endpoints is deprecated:UserWarning")
async def test_endpoints_have_addresses(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/endpoints"
    subsets = [{}, {"addresses": [{"ip": "127.0.0.1"}], "ports": [{"port": 0}, {"name": "a", "port": 1}]}]
    refused = await ask(client, "POST", path, {"metadata": {"name": "a"}, "subsets": subsets})
    assert causes(refused) == [
        "subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`",
        'subsets[1].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, '
        "::1/128)",
        "subsets[1].ports[0].name: Required value",
        "subsets[1].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive",
    ]


async def test_slices_of_names_are_warned_of_when_they_are_created(client: BaseClient, namespace: str) -> None:
    path = f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices"
    body: dict[str, Any] = {"metadata": {"name": "a"}, "addressType": "FQDN", "endpoints": []}
    with pytest.warns(UserWarning, match="FQDN endpoints are deprecated"):
        assert (await ask(client, "POST", path, body)).code == 201
    assert (await ask(client, "PATCH", f"{path}/a", {"metadata": {"labels": {"a": "b"}}}, MERGE)).code == 200


async def test_a_list_of_one_name_is_no_page_of_a_version(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    before = (await ask(client, "GET", path)).body["metadata"]["resourceVersion"]
    assert (await ask(client, "POST", path, {"metadata": {"name": "a"}})).code == 201
    query = {"limit": "1", "resourceVersion": before}
    of_name = await ask(client, "GET", path, **query, fieldSelector="metadata.name=a")
    assert [each["metadata"]["name"] for each in of_name.body["items"]] == ["a"]
    assert all(each["metadata"]["name"] != "a" for each in (await ask(client, "GET", path, **query)).body["items"])


async def test_nodes_have_taints_that_make_sense(client: BaseClient) -> None:
    taint = {"key": "k", "effect": "X"}
    spec = {"podCIDRs": ["x"], "taints": [taint, taint]}
    body = {"metadata": {"name": f"kubex-{uuid.uuid4().hex[:8]}"}, "spec": spec}
    known = '"NoSchedule", "PreferNoSchedule", "NoExecute"'
    assert causes(await ask(client, "POST", "/api/v1/nodes", body, dryRun="All")) == [
        f'metadata.taints[0].effect: Unsupported value: "X": supported values: {known}',
        f'metadata.taints[1].effect: Unsupported value: "X": supported values: {known}',
        'metadata.taints[1]: Duplicate value: {"Key":"k","Value":"","Effect":"X","TimeAdded":null}: '
        "taints must be unique by key and effect pair",
        'spec.podCIDRs[0]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ]


async def test_limits_are_rounded_up_to_thousandths(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/limitranges"
    limits = [{"type": "Container", "max": {"cpu": "0.0001"}, "default": {"cpu": "0.0000001"}}]
    made = await ask(client, "POST", path, {"metadata": {"name": ""}, "spec": {"limits": limits}})
    assert made.code == 201, made.body
    assert uuid.UUID(made.body["metadata"]["name"]).version == 4
    assert made.body["spec"]["limits"] == [
        {"type": "Container", "max": {"cpu": "1m"}, "default": {"cpu": "1m"}, "defaultRequest": {"cpu": "1m"}}
    ]


async def test_a_service_has_ports_of_the_nodes_as_long_as_its_type_wants_them(
    client: BaseClient, namespace: str
) -> None:
    path = f"/api/v1/namespaces/{namespace}/services"
    ports = [{"name": "a", "port": 53, "protocol": "UDP"}, {"name": "b", "port": 53}]
    made = await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": {"type": "NodePort", "ports": ports}})
    numbers = [port["nodePort"] for port in made.body["spec"]["ports"]]
    assert len(set(numbers)) == 1
    other: dict[str, Any] = {
        "metadata": {"name": "b"},
        "spec": {"type": "NodePort", "ports": [{"port": 1, "nodePort": numbers[0]}]},
    }
    taken = f"spec.ports[0].nodePort: Invalid value: {numbers[0]}: provided port is already allocated"
    assert causes(await ask(client, "POST", path, other)) == [taken]
    other["spec"]["ports"] = [{"port": 1, "nodePort": 80}]
    outside = "provided port is not in the valid range. The range of valid ports is 30000-32767"
    refused = await ask(client, "POST", path, other)
    assert causes(refused) == [f"spec.ports[0].nodePort: Invalid value: 80: {outside}"]
    within = await ask(client, "PATCH", f"{path}/a", {"spec": {"type": "ClusterIP"}}, MERGE)
    assert [port.get("nodePort") for port in within.body["spec"]["ports"]] == [None, None]
    assert "externalTrafficPolicy" not in within.body["spec"]
    again = await ask(client, "PATCH", f"{path}/a", {"spec": {"type": "NodePort"}}, MERGE)
    assert all(30000 <= port["nodePort"] < 32768 for port in again.body["spec"]["ports"])


async def test_the_status_of_a_service_that_is_not_there_makes_half_of_one(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/services/a"
    body: dict[str, Any] = {
        "metadata": {"name": "a"},
        "spec": {"ports": [{"port": 80}]},
        "status": {"loadBalancer": {}},
    }
    made = await ask(client, "PUT", f"{path}/status", body)
    assert (made.code, made.body["spec"].get("clusterIP")) == (201, None)
    assert "managedFields" not in made.body["metadata"]
    found = await ask(client, "GET", path)
    assert (found.body["spec"].get("clusterIP"), found.body["spec"].get("ipFamilies")) == (None, None)


async def test_the_source_of_a_claim_stands_in_both_fields(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims"
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, "storageClassName": "none"}
    source = {"apiGroup": None, "kind": "PersistentVolumeClaim", "name": "other"}
    made = await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": {**spec, "dataSource": source}})
    assert made.body["spec"]["dataSource"] == made.body["spec"]["dataSourceRef"] == source
    odd = {"kind": "Snapshot", "name": "s"}
    made = await ask(client, "POST", path, {"metadata": {"name": "b"}, "spec": {**spec, "dataSource": odd}})
    assert "dataSource" not in made.body["spec"]
    refused = await ask(client, "POST", path, {"metadata": {"name": "c"}, "spec": {**spec, "dataSourceRef": odd}})
    why = "must be 'PersistentVolumeClaim' when referencing the default apiGroup"
    assert f'spec.dataSourceRef: Invalid value: "Snapshot": {why}' in causes(refused)


async def test_what_a_volume_is_stays(client: BaseClient) -> None:
    name = f"kubex-{uuid.uuid4().hex[:8]}"
    spec = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/a"}}
    path = "/api/v1/persistentvolumes"
    await ask(client, "POST", path, {"metadata": {"name": name}, "spec": spec})
    try:
        refused = await ask(client, "PATCH", f"{path}/{name}", {"spec": {"hostPath": {"path": "/b"}}}, MERGE)
        assert "spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable" in refused.message
    finally:
        await ask(client, "DELETE", f"{path}/{name}")


async def test_where_a_gated_pod_may_run_is_narrowed_down(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/pods"
    container = {"name": "c", "image": "example.com/none:1"}
    spec = {"schedulingGates": [{"name": "a/b"}], "nodeSelector": {"x": "1"}, "containers": [container]}
    made = await create_when_ready(client, path, {"metadata": {"name": "a"}, "spec": spec})
    assert made.code == 201, made.body
    added = await ask(client, "PATCH", f"{path}/a", {"spec": {"nodeSelector": {"y": "2"}}}, STRATEGIC)
    assert added.body["spec"]["nodeSelector"] == {"x": "1", "y": "2"}
    changed = await ask(client, "PATCH", f"{path}/a", {"spec": {"nodeSelector": {"x": "2"}}}, STRATEGIC)
    why = "only additions to spec.nodeSelector are allowed (no mutations or deletions)"
    assert causes(changed) == [f'spec.nodeSelector: Invalid value: {{"x":"2","y":"2"}}: {why}']
    longer = await ask(client, "PATCH", f"{path}/a", {"spec": {"activeDeadlineSeconds": 5}}, STRATEGIC)
    assert longer.code == 200
    longer = await ask(client, "PATCH", f"{path}/a", {"spec": {"activeDeadlineSeconds": 6}}, STRATEGIC)
    field = "spec.activeDeadlineSeconds"
    assert causes(longer) == [f"{field}: Invalid value: 6: must be less than or equal to previous value"]


def definition(versions: list[dict[str, Any]], **names: Any) -> dict[str, Any]:
    group = f"g{uuid.uuid4().hex[:8]}.example.com"
    spec = {"group": group, "scope": "Cluster", "names": {"plural": "things", "kind": "Thing", **names}}
    return {"metadata": {"name": f"things.{group}"}, "spec": {**spec, "versions": versions}}


def version(name: str, **more: Any) -> dict[str, Any]:
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": {"type": "object"}}}}
    return {"name": name, "served": True, "storage": name == "v1", "schema": schema, **more}


SHOWN = (
    '{{"Name":"{0}","Served":true,"Storage":{1},"Deprecated":false,"DeprecationWarning":null,"Schema":null,'
    '"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}}'
)
NOT_A_PATH = "must be a simple json path starting with ."


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            definition([version("v1"), version("v1")]),
            [
                f"spec.versions: Invalid value: [{SHOWN.format('v1', 'true')},{SHOWN.format('v1', 'true')}]: {why}"
                for why in (
                    "must contain unique version names",
                    "must have exactly one version marked as storage version",
                )
            ]
            + ['status.storedVersions: Invalid value: ["v1"]: must have the storage version v1'],
        ),
        (
            definition([version("v2")]),
            [
                f"spec.versions: Invalid value: [{SHOWN.format('v2', 'false')}]: "
                "must have exactly one version marked as storage version",
                "status.storedVersions: Invalid value: null: must have at least one stored version",
            ],
        ),
        (
            definition(
                [version("v1", subresources={"scale": {"specReplicasPath": "x", "statusReplicasPath": ".spec.n"}})]
            ),
            [
                f'spec.subresources.scale.specReplicasPath: Invalid value: "x": {NOT_A_PATH}',
                'spec.subresources.scale.statusReplicasPath: Invalid value: ".spec.n": '
                "should be a json path under .status",
            ],
        ),
        (
            definition([version("v1"), version("v2", additionalPrinterColumns=[{"type": "X", "jsonPath": "a"}])]),
            [
                f'spec.versions[1].additionalPrinterColumns[0].JSONPath: Invalid value: "a": {NOT_A_PATH}',
                "spec.versions[1].additionalPrinterColumns[0].name: Required value",
                'spec.versions[1].additionalPrinterColumns[0].type: Invalid value: "X": '
                "must be one of boolean,date,integer,number,string",
            ],
        ),
        (
            definition([version("v1")], kind="Thing", listKind="Thing", shortNames=["Bad_"]),
            [
                'spec.names.listKind: Invalid value: "Thing": kind and listKind may not be the same',
                'spec.names.shortNames[0]: Invalid value: "Bad_": a DNS-1035 label must consist of lower case '
                "alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric "
                "character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
            ],
        ),
    ],
)
async def test_definitions_that_make_no_sense(client: BaseClient, body: dict[str, Any], expected: list[str]) -> None:
    assert causes(await ask(client, "POST", DEFINITIONS, body, dryRun="All")) == expected


async def test_a_version_that_objects_are_stored_in_stays(client: BaseClient) -> None:
    body = definition([version("v1"), version("v2")])
    path = f"{DEFINITIONS}/{body['metadata']['name']}"
    assert (await ask(client, "POST", DEFINITIONS, body)).code == 201
    try:
        moved = [version("v1", storage=False), version("v2", storage=True)]
        changed = await ask(client, "PATCH", path, {"spec": {"versions": moved}}, MERGE)
        assert changed.body["status"]["storedVersions"] == ["v1", "v2"]
        refused = await ask(client, "PATCH", path, {"spec": {"versions": moved[1:]}}, MERGE)
        (cause,) = causes(refused)
        assert cause.startswith('status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was ')
    finally:
        await ask(client, "DELETE", path)


SLICE: dict[str, Any] = {"addressType": "IPv4", "endpoints": []}
VOLUME = {
    "capacity": {"storage": "1Gi"},
    "accessModes": ["ReadWriteOnce"],
    "hostPath": {"path": "/tmp/x"},
}


@pytest.mark.parametrize(
    ("api_version", "kind", "plural", "content", "expected"),
    [
        ("node.k8s.io/v1", "RuntimeClass", "runtimeclasses", {"handler": "x"}, (4, 4, 0, 2)),
        ("v1", "PersistentVolume", "persistentvolumes", {"spec": VOLUME}, (4, 4, 2, 3)),
        ("discovery.k8s.io/v1", "EndpointSlice", "endpointslices", SLICE, (3, 3, 1, 2)),
        ("v1", "ConfigMap", "configmaps", {}, (4, 4, 2, 2)),
        ("coordination.k8s.io/v1", "Lease", "leases", {}, (3, 3, 0, 1)),
    ],
)
async def test_causes_are_told_as_often_as_metadata_is_checked(
    client: BaseClient,
    namespace: str,
    api_version: str,
    kind: str,
    plural: str,
    content: dict[str, Any],
    expected: tuple[int, ...],
) -> None:
    """How often: two controllers, a label, what a finalizer is, and how it is spelled."""
    is_namespaced = kind not in ("RuntimeClass", "PersistentVolume")
    root = f"/{'apis' if '/' in api_version else 'api'}/{api_version}"
    path = f"{root}/namespaces/{namespace}/{plural}" if is_namespaced else f"{root}/{plural}"
    name = f"{namespace}-a"
    body = {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **content}
    assert (await ask(client, "POST", path, body)).code == 201
    owners = [{"apiVersion": "v1", "kind": "Secret", "name": "x", "uid": uid, "controller": True} for uid in "12"]
    counts: list[int] = []
    try:
        for metadata in (
            {"ownerReferences": owners},
            {"labels": {"a b": "c"}},
            {"finalizers": ["a"]},
            {"finalizers": ["a b/c"]},
        ):
            answer = await ask(client, "PATCH", f"{path}/{name}", {"metadata": metadata}, MERGE, dryRun="All")
            counts.append(len(answer.body["details"]["causes"]) if answer.code == 422 else 0)
    finally:
        await ask(client, "DELETE", f"{path}/{name}")
    assert tuple(counts) == expected
