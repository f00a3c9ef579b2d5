"""What servers refuse in the addresses of services as objects of their own, in their ranges, and in those of nodes."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, ask, causes
from tests.contract.test_cluster_object_rules import ADDRESSES, NODES, SERVICE

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

RANGES = "/apis/networking.k8s.io/v1/servicecidrs"
NO_RANGE = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
ONE_EACH = "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64"


async def test_an_address_stays_with_its_parent(client: BaseClient) -> None:
    address = f"2001:db8::{secrets.randbelow(0xFFFF) + 1:x}"
    body: Part = {"metadata": {"name": address}, "spec": {"parentRef": SERVICE}}
    path = f"{ADDRESSES}/{address}"
    assert (await ask(client, "POST", ADDRESSES, body)).code == 201
    try:
        moved = {"spec": {"parentRef": {"name": "c", "resource": "a/b"}}}
        refused = await ask(client, "PATCH", path, moved, MERGE, dryRun="All")
        shown = '{"Group":"","Resource":"a/b","Namespace":"a","Name":"c"}'
        assert causes(refused) == [
            "spec.parentRef.resource: Invalid value: \"a/b\": may not contain '/'",
            f"spec.parentRef: Invalid value: {shown}: field is immutable",
        ]
        refused = await ask(client, "PATCH", path, {"spec": {"parentRef": None}}, MERGE, dryRun="All")
        assert causes(refused) == [
            "spec.parentRef: Required value",
            "spec.parentRef: Invalid value: null: field is immutable",
        ]
        labels = {"metadata": {"labels": {"a": "b"}}}
        assert (await ask(client, "PATCH", path, labels, MERGE, dryRun="All")).code == 200
    finally:
        await ask(client, "DELETE", path)


@pytest.mark.parametrize(
    ("ranges", "why"),
    [
        (["203.0.113.0/28", "2001:db8::/120"], []),
        ([], ["spec.cidrs: Required value: at least one CIDR required"]),
        (
            ["203.0.113.0/28", "2001:db8::/120", "a"],
            [
                'spec.cidrs: Invalid value: {"CIDRs":["203.0.113.0/28","2001:db8::/120","a"]}: '
                "may only hold up to 2 values"
            ],
        ),
        (
            ["203.0.113.0/28", "203.0.113.16/28"],
            [f'spec.cidrs: Invalid value: ["203.0.113.0/28","203.0.113.16/28"]: {ONE_EACH}'],
        ),
        (["a", "2001:db8::/120"], [f'spec.cidrs[0]: Invalid value: "a": {NO_RANGE}']),
        (["203.0.113.1/28"], ['{}: Invalid value: "203.0.113.1/28": must not have bits set beyond the prefix length']),
        (
            ["203.0.113.0/028"],
            ['{}: Invalid value: "203.0.113.0/028": must not have leading 0s in IP or prefix length'],
        ),
        (
            ["::ffff:203.0.113.0/124"],
            ['{}: Invalid value: "::ffff:203.0.113.0/124": must not have an IPv4-mapped IPv6 address'],
        ),
        (["2001:DB8::/120"], ['{}: Invalid value: "2001:DB8::/120": must be in canonical form ("2001:db8::/120")']),
    ],
)
async def test_ranges_of_services(client: BaseClient, namespace: str, ranges: list[str], why: list[str]) -> None:
    body = {"metadata": {"name": namespace}, "spec": {"cidrs": ranges}}
    answer = await ask(client, "POST", RANGES, body, dryRun="All")
    assert causes(answer) == [each.replace("{}:", "spec.cidrs[0]:", 1) for each in why]


async def test_ranges_of_services_stay(client: BaseClient) -> None:
    path = f"{RANGES}/kubernetes"  # a real server has it
    found = await ask(client, "GET", path)
    is_new = found.code == 404
    if is_new:
        body = {"metadata": {"name": "kubernetes"}, "spec": {"cidrs": ["10.96.0.0/16"]}}
        found = await ask(client, "POST", RANGES, body)
    count = len(found.body["spec"]["cidrs"])
    same, more = ["203.0.113.0/28"] * count, ["203.0.113.0/28"] * 3
    refused = await ask(client, "PATCH", path, {"spec": {"cidrs": same}}, MERGE, dryRun="All")
    assert causes(refused) == [
        f'spec.cidrs[{index}]: Invalid value: "203.0.113.0/28": field is immutable' for index in range(count)
    ]
    refused = await ask(client, "PATCH", path, {"spec": {"cidrs": more}}, MERGE, dryRun="All")
    shown = ",".join(f'"{each}"' for each in more)
    assert causes(refused) == [f"spec.cidrs: Invalid value: [{shown}]: field is immutable"]
    refused = await ask(client, "PATCH", path, {"spec": {"cidrs": None}}, MERGE, dryRun="All")
    assert causes(refused) == ["spec.cidrs: Invalid value: null: field is immutable"]
    if is_new:
        await ask(client, "DELETE", path)


async def test_ranges_of_nodes_that_are_none(client: BaseClient, namespace: str) -> None:
    body: Part = {"metadata": {"name": namespace}, "spec": {"podCIDRs": ["10.0.0.0/24", "a"]}}
    refused = await ask(client, "POST", NODES, body, dryRun="All")
    problem = "invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[1]: <nil>"
    assert causes(refused) == [
        f'spec.podCIDRs[1]: Invalid value: "a": {NO_RANGE}',
        f"spec.podCIDRs: Internal error: {problem} (invalid CIDR address: a)",
        'spec.podCIDRs: Invalid value: ["10.0.0.0/24","a"]: may specify no more than one CIDR for each IP family',
    ]
    assert refused.body["details"]["causes"][1]["reason"] == "InternalError"


async def test_the_one_range_of_a_node_counts_more_than_several(client: BaseClient, namespace: str) -> None:
    spec = {"podCIDR": "10.0.1.0/24", "podCIDRs": ["10.0.0.0/24", "fd00::/64"]}
    made = await ask(client, "POST", NODES, {"metadata": {"name": namespace}, "spec": spec}, dryRun="All")
    assert (made.body["spec"]["podCIDR"], made.body["spec"]["podCIDRs"]) == ("10.0.1.0/24", ["10.0.1.0/24"])
