"""What servers refuse in addresses that traffic is sent to, what they warn of, and in classes of ingresses."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import ask, ask_warned, causes

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

ADDRESSES = "endpoints[0].addresses"
NO_ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
NON_STANDARD = "will be considered invalid in a future Kubernetes release"


def invalid(shown: str, why: str) -> str:
    return f'{ADDRESSES}[0]: Invalid value: "{shown}": {why}'


@pytest.mark.parametrize(
    ("kind", "address", "why"),
    [
        ("IPv4", "10.0.0.1", []),
        ("IPv4", "::ffff:10.0.0.1", []),
        ("IPv4", "10.0.0", [invalid("10.0.0", NO_ADDRESS)]),
        ("IPv6", "fd00::1", []),
        ("IPv6", "FD00::1", [invalid("FD00::1", 'must be in canonical form ("fd00::1")')]),
        ("IPv6", "::ffff:10.0.0.1", [invalid("::ffff:10.0.0.1", "must not be an IPv4-mapped IPv6 address")]),
        ("IPv6", "10.0.0.1", [f'{ADDRESSES}: Invalid value: "10.0.0.1": must be an IPv6 address']),
        ("IPv6", "10.0.0.01", [invalid("10.0.0.01", "must not have leading 0s")]),
        ("FQDN", "example.com.", []),
        ("FQDN", "", [f"{ADDRESSES}[0]: Required value"]),
        ("FQDN", "example", [invalid("example", "should be a domain with at least two segments separated by dots")]),
    ],
)
async def test_addresses_of_slices(client: BaseClient, namespace: str, kind: str, address: str, why: list[str]) -> None:
    path = f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices"
    body = {"metadata": {"name": "a"}, "addressType": kind, "endpoints": [{"addresses": [address]}]}
    answer, _ = await ask_warned(client, "POST", path, body, dryRun="All")
    assert [each.removesuffix(": ") for each in causes(answer)] == why


async def test_slices_are_looked_at_in_an_order(client: BaseClient, namespace: str) -> None:
    path = f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices"
    one = {"addresses": ["10.0.0"], "hints": {"forZones": [{"name": "a_"}, {"name": "a_"}]}}
    body: Part = {
        "metadata": {"name": "a"},
        "addressType": "IPv4",
        "endpoints": [one],
        "ports": [{"name": "a", "port": 1}, {"name": "a", "port": 2}],
    }
    found = [each.partition(":")[0] for each in causes(await ask(client, "POST", path, body, dryRun="All"))]
    zones = "endpoints[0].hints.forZones"
    assert found == ["ports[1].name", f"{ADDRESSES}[0]", f"{zones}[0].name", f"{zones}[1].name", f"{zones}[1].name"]
    body["endpoints"] = [one] * 1001
    found = causes(await ask(client, "POST", path, body, dryRun="All"))
    assert found == [
        'ports[1].name: Duplicate value: "a"',
        "endpoints: Too many: 1001: must have at most 1000 items",
    ]


async def test_how_addresses_are_written(client: BaseClient, namespace: str) -> None:
    path = f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices"
    body: Part = {
        "metadata": {"name": "a"},
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["10.0.0.1"]}, {"addresses": ["10.0.0.02"]}],
    }
    _, told = await ask_warned(client, "POST", path, body, dryRun="All")
    what = f'non-standard IP address "10.0.0.02" {NON_STANDARD}: use "10.0.0.2"'
    assert told == [f"endpoints[1].addresses[0]: {what}"]
    body["metadata"]["labels"] = {"endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"}
    assert (await ask_warned(client, "POST", path, body, dryRun="All"))[1] == []
    subset: Part = {"addresses": [{"ip": "FD00::1"}], "notReadyAddresses": [{"ip": "10.0.0.02"}]}
    place = f"/api/v1/namespaces/{namespace}/endpoints"
    made = {"metadata": {"name": "a"}, "subsets": [{**subset, "ports": [{"port": 1}]}]}
    _, told = await ask_warned(client, "POST", place, made, dryRun="All")
    assert [each for each in told if each.startswith("subsets")] == [
        'subsets[0].addresses[0].ip: IPv6 address "FD00::1" should be in RFC 5952 canonical format ("fd00::1")',
        f"subsets[0].notReadyAddresses[0].ip: {what}",
    ]


REFERENCE: Part = {"kind": "a", "name": "b"}
PARAMETERS = "spec.parameters"


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"controller": "example.com/a/b:c"}, []),
        (
            {"controller": "/a"},
            ['spec.controller: Invalid value: "/a": must be a domain-prefixed path (such as "acme.io/foo")'],
        ),
        (
            {"controller": "example.com/a?"},
            [
                'spec.controller: Invalid value: "a?": Invalid path (regex used for validation is '
                "'[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')"
            ],
        ),
        (
            {"controller": "example.com/" + "a" * 239},
            ["spec.controller: Too long: may not be more than 250 bytes"],
        ),
        (
            {"parameters": {**REFERENCE, "kind": "a/b", "namespace": "c"}},
            [
                f"{PARAMETERS}.kind: Invalid value: \"a/b\": may not contain '/'",
                f"{PARAMETERS}.namespace: Forbidden: `parameters.scope` is set to 'Cluster'",
            ],
        ),
        (
            {"parameters": {**REFERENCE, "scope": "Namespace"}},
            [f"{PARAMETERS}.namespace: Required value: `parameters.scope` is set to 'Namespace'"],
        ),
    ],
)
async def test_classes_of_ingresses(client: BaseClient, namespace: str, spec: Part, why: list[str]) -> None:
    body = {"metadata": {"name": namespace}, "spec": {"controller": "example.com/none", **spec}}
    answer = await ask(client, "POST", "/apis/networking.k8s.io/v1/ingressclasses", body, dryRun="All")
    assert causes(answer) == why
