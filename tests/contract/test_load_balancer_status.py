"""What servers refuse in the status of what is reached through a load balancer."""

from __future__ import annotations

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import ask
from tests.contract.test_status_rules import NO_ADDRESS, Status, patched

pytestmark = pytest.mark.anyio


async def service(client: BaseClient, namespace: str, kind: str) -> str:
    path = f"/api/v1/namespaces/{namespace}/services"
    spec = {"type": kind, "loadBalancerClass": "example.com/none"} if kind == "LoadBalancer" else {"type": kind}
    body = {"metadata": {"name": "a"}, "spec": {"ports": [{"port": 80}], **spec}}
    assert (await ask(client, "POST", path, body)).code == 201
    return f"{path}/a"


HOSTS: list[tuple[Status, list[str]]] = [
    ({"ip": "10.0.0.1"}, []),
    ({"ip": "no"}, [f'.ip: Invalid value: "no": {NO_ADDRESS}']),
    ({"hostname": "a.example.com"}, []),
    ({"hostname": "10.0.0.1"}, ['.hostname: Invalid value: "10.0.0.1": must be a DNS name, not an IP address']),
]
POINT = "status.loadBalancer.ingress[0]"


@pytest.mark.parametrize(
    ("point", "why"),
    [
        *HOSTS,
        ({"hostname": "a", "ipMode": "VIP"}, [".ipMode: Forbidden: may not be specified when `ip` is not set"]),
        (
            {"ip": "10.0.0.1", "ipMode": "X"},
            ['.ipMode: Unsupported value: "X": supported values: "Proxy", "VIP"'],
        ),
    ],
)
async def test_the_status_of_a_service(client: BaseClient, namespace: str, point: Status, why: list[str]) -> None:
    path = await service(client, namespace, "LoadBalancer")
    assert await patched(client, path, {"loadBalancer": {"ingress": [point]}}) == [f"{POINT}{each}" for each in why]
    found = (await ask(client, "GET", path)).body["status"]["loadBalancer"]
    usual = {"ipMode": "VIP"} if "ip" in point else {}
    assert found == ({} if why else {"ingress": [{**usual, **point}]})


async def test_a_service_without_a_load_balancer(client: BaseClient, namespace: str) -> None:
    path = await service(client, namespace, "ClusterIP")
    refused = await patched(client, path, {"loadBalancer": {"ingress": [{"ip": "no"}]}})
    assert refused == [
        "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'",
    ]


@pytest.mark.parametrize(("point", "why"), HOSTS)
async def test_the_status_of_an_ingress(client: BaseClient, namespace: str, point: Status, why: list[str]) -> None:
    path = f"/apis/networking.k8s.io/v1/namespaces/{namespace}/ingresses"
    spec = {"ingressClassName": "none", "defaultBackend": {"service": {"name": "s", "port": {"number": 80}}}}
    assert (await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": spec})).code == 201
    refused = await patched(client, f"{path}/a", {"loadBalancer": {"ingress": [point]}})
    assert refused == [f"{POINT}{each}" for each in why]
