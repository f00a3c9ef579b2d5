"""What servers decide about objects of the whole cluster: nodes, priority levels, APIs and addresses."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, ask, ask_warned, causes

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

NODES = "/api/v1/nodes"
APIS = "/apis/apiregistration.k8s.io/v1/apiservices"
ADDRESSES = "/apis/networking.k8s.io/v1/ipaddresses"
LEVELS = "/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations"
NO_ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
SERVICE = {"group": "", "resource": "services", "namespace": "a", "name": "b"}


@pytest.mark.parametrize(
    ("ranges", "is_taken"),
    [
        (["10.0.0.0/24", "fd00::/64"], True),
        (["10.0.0.0/24", "10.0.1.0/24"], False),
        (["10.0.0.0/24", "fd00::/64", "fd01::/64"], False),
    ],
)
async def test_ranges_of_nodes(client: BaseClient, namespace: str, ranges: list[str], is_taken: bool) -> None:
    body = {"metadata": {"name": namespace}, "spec": {"podCIDRs": ranges}}
    shown = ",".join(f'"{each}"' for each in ranges)
    why = f"spec.podCIDRs: Invalid value: [{shown}]: may specify no more than one CIDR for each IP family"
    assert causes(await ask(client, "POST", NODES, body, dryRun="All")) == ([] if is_taken else [why])


async def test_what_nodes_have_in_pieces(client: BaseClient, namespace: str) -> None:
    for name in ("pods", "example.com/gpu"):
        body = {"metadata": {"name": namespace}, "status": {"capacity": {name: "1500m", "cpu": "1500m"}}}
        assert causes(await ask(client, "POST", NODES, body, dryRun="All")) == [
            f'status.{each}.{name}: Invalid value: "1500m": must be an integer' for each in ("capacity", "allocatable")
        ]


@pytest.mark.parametrize(("capacity", "is_taken"), [(1, True), (0, False), (-1, False)])
async def test_swap_of_nodes(client: BaseClient, namespace: str, capacity: int, is_taken: bool) -> None:
    body = {"metadata": {"name": namespace}, "status": {"nodeInfo": {"swap": {"capacity": capacity}}}}
    why = f"metadata.nodeSwapStatus.capacity: Invalid value: {capacity}: must be greater than zero"
    assert causes(await ask(client, "POST", NODES, body, dryRun="All")) == ([] if is_taken else [why])


async def test_warnings_of_nodes(client: BaseClient, namespace: str) -> None:
    body = {"metadata": {"name": namespace}, "spec": {"externalID": "a", "podCIDRs": ["10.0.0.0/08"]}}
    answer, told = await ask_warned(client, "POST", NODES, body, dryRun="All")
    what = 'non-standard CIDR value "10.0.0.0/08" will be considered invalid in a future Kubernetes release'
    assert (answer.code, told) == (
        201,
        [
            "spec.externalID: this field is deprecated, and is unused by Kubernetes",
            f'spec.podCIDRs[0]: {what}: use "10.0.0.0/8"',
        ],
    )


async def test_the_status_of_a_node(client: BaseClient, namespace: str) -> None:
    nodes = (await ask(client, "GET", NODES)).body["items"]
    if not nodes:  # never on a real cluster, where pods would come
        await ask(client, "POST", NODES, {"metadata": {"name": namespace}})
    path = f"{NODES}/{nodes[0]['metadata']['name'] if nodes else namespace}"
    address = {"type": "InternalIP", "address": "10.0.0.1"}
    status = {"addresses": [address, address], "capacity": {"example.com/gpu": "-1"}}
    refused = await ask(client, "PATCH", f"{path}/status", {"status": status}, MERGE, dryRun="All")
    found = [each for each in causes(refused) if "allocatable" not in each]
    assert found == [
        'status.capacity.example.com/gpu: Invalid value: "-1": must be greater than or equal to 0',
        'status.addresses[1]: Duplicate value: {"Type":"InternalIP","Address":"10.0.0.1"}',
    ]
    if not nodes:
        await ask(client, "DELETE", path)


async def test_defaults_of_priority_levels(client: BaseClient, namespace: str) -> None:
    limited: Part = {"limitResponse": {"type": "Queue", "queuing": {"handSize": 2}}}
    body = {"metadata": {"name": namespace}, "spec": {"type": "Limited", "limited": limited}}
    made = await ask(client, "POST", LEVELS, body, dryRun="All")
    assert made.body["spec"]["limited"] == {
        "nominalConcurrencyShares": 30,
        "lendablePercent": 0,
        "limitResponse": {"type": "Queue", "queuing": {"queues": 64, "handSize": 2, "queueLengthLimit": 50}},
    }


@pytest.mark.parametrize(
    ("name", "spec", "why"),
    [
        ("v1.{group}", {}, []),
        (
            "v2.{group}",
            {},
            ['metadata.name: Invalid value: "v2.{group}": must be `spec.version+"."+spec.group`: "v1.{group}"'],
        ),
        (
            "v1.{group}",
            {"groupPriorityMinimum": 0, "versionPriority": 1001},
            [
                "spec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000",
                "spec.versionPriority: Invalid value: 1001: must be positive and less than 1000",
            ],
        ),
    ],
)
async def test_apis(client: BaseClient, namespace: str, name: str, spec: Part, why: list[str]) -> None:
    group = f"{namespace}.example.com"
    spec = {"group": group, "version": "v1", "groupPriorityMinimum": 1, "versionPriority": 1, **spec}
    body = {"metadata": {"name": name.format(group=group)}, "spec": spec}
    answer = await ask(client, "POST", APIS, body, dryRun="All")
    assert causes(answer) == [each.format(group=group) for each in why]
    if not why:
        (condition,) = answer.body["status"]["conditions"]
        del condition["lastTransitionTime"]
        assert condition == {
            "type": "Available",
            "status": "True",
            "reason": "Local",
            "message": "Local APIServices are always available",
        }


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("203.0.113.7", []),
        ("2001:db8::ffff:7", []),
        ("a", [NO_ADDRESS]),
        ("203.0.113.07", ["must not have leading 0s"]),
        ("::ffff:203.0.113.7", ["must not be an IPv4-mapped IPv6 address"]),
        ("2001:DB8::7", ['must be in canonical form ("2001:db8::7")']),
    ],
)
async def test_names_of_addresses(client: BaseClient, name: str, why: list[str]) -> None:
    body = {"metadata": {"name": name}, "spec": {"parentRef": SERVICE}}
    answer = await ask(client, "POST", ADDRESSES, body, dryRun="All")
    assert causes(answer) == [f'metadata.name: Invalid value: "{name}": {each}' for each in why]


async def test_parents_of_addresses(client: BaseClient) -> None:
    body: Part = {"metadata": {"name": "203.0.113.8"}, "spec": {}}
    refused = await ask(client, "POST", ADDRESSES, body, dryRun="All")
    assert causes(refused) == ["spec.parentRef: Required value"]
    body["spec"] = {"parentRef": {"resource": "a/b"}}
    refused = await ask(client, "POST", ADDRESSES, body, dryRun="All")
    assert causes(refused) == [
        "spec.parentRef.resource: Invalid value: \"a/b\": may not contain '/'",
        "spec.parentRef.name: Required value",
    ]
