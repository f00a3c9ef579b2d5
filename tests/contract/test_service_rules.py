"""What servers refuse in services: the ports of nodes, load balancers, and where traffic may come from."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import Answer, ask, ask_warned

pytestmark = pytest.mark.anyio

Spec = dict[str, Any]

PORTS: Spec = {"ports": [{"port": 80}]}
NAME: Spec = {"type": "ExternalName", "externalName": "a.b"}
# Of a class that no controller knows.
BALANCED: Spec = {**PORTS, "type": "LoadBalancer", "loadBalancerClass": "example.com/none"}
LOCAL: Spec = {**BALANCED, "externalTrafficPolicy": "Local"}
ONLY_BALANCED = "may only be used when `type` is 'LoadBalancer'"
NO_RANGE = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
HINTS, MODE = (f"service.kubernetes.io/topology-{each}" for each in ("aware-hints", "mode"))
RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"


def two(first: Spec, second: Spec, **spec: Any) -> Spec:
    given = [{"name": "a", "port": 80, **first}, {"name": "b", "port": 81, **second}]
    return {"type": "NodePort", "ports": given, **spec}


async def sent(
    client: BaseClient, namespace: str, spec: Spec, annotations: dict[str, str] | None = None, *, anew: bool = False
) -> Answer:
    """Create a service, or replace it."""
    path = f"/api/v1/namespaces/{namespace}/services"
    body = {"metadata": {"name": "a", "annotations": annotations or {}}, "spec": spec}
    return (await ask_warned(client, "PUT" if anew else "POST", f"{path}/a" if anew else path, body))[0]


def causes(answer: Answer) -> list[str]:
    """Say what is wrong; nothing where it is taken."""
    if answer.code in (200, 201):
        return []
    assert answer.code == 422, answer
    return [f"{cause['field']}: {cause['message']}" for cause in answer.body["details"]["causes"]]


async def some_port(client: BaseClient, namespace: str) -> int:
    """A port of the nodes that is free."""
    made = await sent(client, namespace, {**PORTS, "type": "NodePort"})
    await ask(client, "DELETE", f"/api/v1/namespaces/{namespace}/services/a")
    return int(made.body["spec"]["ports"][0]["nodePort"])


async def test_a_port_of_the_nodes_is_of_one_port(client: BaseClient, namespace: str) -> None:
    number = {"nodePort": await some_port(client, namespace)}
    taken = f"spec.ports[1].nodePort: Invalid value: {number['nodePort']}: provided port is already allocated"
    assert causes(await sent(client, namespace, two(number, number))) == [taken]
    assert causes(await sent(client, namespace, two(number, {**number, "protocol": "UDP"}))) == [taken]
    both = two(number, {**number, "port": 80, "protocol": "UDP"})
    made = await sent(client, namespace, both)
    assert [port["nodePort"] for port in made.body["spec"]["ports"]] == [number["nodePort"]] * 2
    refused = await sent(client, namespace, two(number, number), anew=True)
    assert (refused.code, refused.message) == (500, f"duplicate nodePort: {{TCP {number['nodePort']}}}")
    assert not causes(await sent(client, namespace, two(number, {**number, "protocol": "UDP"}), anew=True))


async def test_ports_of_nodes_where_none_are_needed(client: BaseClient, namespace: str) -> None:
    number = {"nodePort": 30080}
    refused = await sent(client, namespace, two(number, {}, type="ClusterIP"))
    why = "may not be used when `type` is 'ClusterIP'"
    assert causes(refused) == [f"spec.ports[0].nodePort: Forbidden: {why}"]
    refused = await sent(client, namespace, two(number, number, **NAME))
    assert causes(refused) == ["spec.ports[1].nodePort: Duplicate value: 30080"]
    made = await sent(client, namespace, two(number, {}, **NAME))
    assert [port.get("nodePort") for port in made.body["spec"]["ports"]] == [30080, None]


@pytest.mark.parametrize(
    ("name", "why"),
    [("example.com/b", '"example.com/b": may not change once set'), (None, "null: may not change once set")],
)
async def test_the_class_of_a_balancer_stays(client: BaseClient, namespace: str, name: str | None, why: str) -> None:
    await sent(client, namespace, BALANCED)
    refused = await sent(client, namespace, {**BALANCED, "loadBalancerClass": name}, anew=True)
    assert causes(refused) == [f"spec.loadBalancerClass: Invalid value: {why}"]
    assert not causes(await sent(client, namespace, PORTS, anew=True))
    assert not causes(await sent(client, namespace, {**BALANCED, "loadBalancerClass": "example.com/b"}, anew=True))


async def test_the_class_of_a_balancer_has_a_whole_name(client: BaseClient, namespace: str) -> None:
    odd = {**BALANCED, "loadBalancerClass": "a_/b"}
    (cause,) = causes(await sent(client, namespace, odd))
    assert cause.startswith('spec.loadBalancerClass: Invalid value: "a_/b": prefix part a lowercase RFC 1123 subdomain')
    await sent(client, namespace, PORTS)
    assert causes(await sent(client, namespace, odd, anew=True)) == [cause] * 2
    forbidden = f"spec.loadBalancerClass: Forbidden: {ONLY_BALANCED}"
    assert causes(await sent(client, namespace, {**odd, "type": "ClusterIP"}, anew=True)) == [forbidden] * 2


async def test_the_port_that_tells_of_health(client: BaseClient, namespace: str) -> None:
    only = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
    for spec in (PORTS, BALANCED):
        refused = await sent(client, namespace, {**spec, "healthCheckNodePort": 30080})
        assert causes(refused) == [f"spec.healthCheckNodePort: Invalid value: 30080: {only}"]
    refused = await sent(client, namespace, {**LOCAL, "healthCheckNodePort": 80})
    why = "Internal error occurred: failed to allocate requested HealthCheck NodePort 80: provided port is not in the "
    assert (refused.code, refused.body["reason"], why in refused.message) == (500, "InternalError", True)
    number = (await sent(client, namespace, LOCAL)).body["spec"]["healthCheckNodePort"]
    assert (await sent(client, namespace, LOCAL, anew=True)).body["spec"]["healthCheckNodePort"] == number
    other = 30000 if number != 30000 else 30001
    refused = await sent(client, namespace, {**LOCAL, "healthCheckNodePort": other}, anew=True)
    assert causes(refused) == ["spec.healthCheckNodePort: Forbidden: field is immutable"]
    assert "healthCheckNodePort" not in (await sent(client, namespace, BALANCED, anew=True)).body["spec"]


@pytest.mark.parametrize(
    ("ranges", "wrong"),
    [
        ([" 10.0.0.0/8 ", "010.0.0.0/08", "10.0.0.1/8"], []),
        (["::ffff:10.0.0.0/104", "FD00:0:0::/64"], []),
        (["10.0.0.0/8", "10.0.0.0/255.0.0.0"], ["10.0.0.0/255.0.0.0"]),
        (["10.0.0.0", "10.0.0.0/33", "fe80::%1/64"], ["10.0.0.0", "10.0.0.0/33", "fe80::%1/64"]),
    ],
)
async def test_where_traffic_comes_from(
    client: BaseClient, namespace: str, ranges: list[str], wrong: list[str]
) -> None:
    answer = await sent(client, namespace, {**BALANCED, "loadBalancerSourceRanges": ranges})
    where = "spec.LoadBalancerSourceRanges"
    shown = [f'{where}[{ranges.index(each)}]: Invalid value: "{each}": {NO_RANGE}' for each in wrong]
    assert causes(answer) == shown
    if not wrong:
        assert answer.body["spec"]["loadBalancerSourceRanges"] == ranges
    path = f"/apis/networking.k8s.io/v1/namespaces/{namespace}/networkpolicies"
    for each in ranges:
        spec: dict[str, Any] = {"podSelector": {}, "ingress": [{"from": [{"ipBlock": {"cidr": each.strip()}}]}]}
        answer, _ = await ask_warned(client, "POST", path, {"metadata": {"name": "a"}, "spec": spec}, dryRun="All")
        where = "spec.ingress[0].from[0].ipBlock.cidr"
        assert causes(answer) == ([f'{where}: Invalid value: "{each}": {NO_RANGE}'] if each in wrong else [])


@pytest.mark.parametrize(
    ("annotations", "spec", "why"),
    [
        ({RANGES: "10.0.0.0/8, 10.0.0.0/9"}, BALANCED, []),
        ({RANGES: " "}, BALANCED, []),
        ({RANGES: "a"}, BALANCED, [f'metadata.annotations[{RANGES}]: Invalid value: "a": {NO_RANGE}']),
        ({RANGES: ""}, PORTS, [f"metadata.annotations[{RANGES}]: Forbidden: {ONLY_BALANCED}"]),
        ({HINTS: "Auto", MODE: "Auto"}, PORTS, []),
        (
            {HINTS: "Auto", MODE: "auto"},
            PORTS,
            [
                f'metadata.annotations[{MODE}]: Invalid value: "auto": '
                f"must match annotations[{HINTS}] when both are specified"
            ],
        ),
        ({}, {**NAME, "externalIPs": ["10.0.0.1"]}, []),
        ({}, {**PORTS, "externalIPs": ["ff02::1"]}, ["spec.externalIPs[0]: Invalid value: \"ff02::1\": may not be in "
         "the link-local multicast range (224.0.0.0/24, ff02::/10)"]),
    ],
)  # fmt: skip
async def test_annotations_and_addresses(
    client: BaseClient, namespace: str, annotations: dict[str, str], spec: Spec, why: list[str]
) -> None:
    assert causes(await sent(client, namespace, spec, annotations)) == why
