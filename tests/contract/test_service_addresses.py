"""Which addresses and families a service has: given, kept and refused, in a cluster of one family."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import ask

pytestmark = pytest.mark.anyio

Spec = dict[str, Any]

NONE: Spec = {"clusterIP": "None"}
BOTH = ["IPv4", "IPv6"]
PORTS: Spec = {"ports": [{"port": 80}]}
SELECTED: Spec = {**PORTS, "selector": {"x": "1"}}
NAME: Spec = {"type": "ExternalName", "externalName": "a.b"}
NOT_DUAL = (
    'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services'
)
NO_SIX = 'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'
ONE_ONLY = "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when "
UNRELEASED = (
    "spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": must be 'SingleStack' to release the secondary IP family"
)


def not_of_names(field: str) -> str:
    return f"spec.{field}: Forbidden: may not be set for ExternalName services"


async def sent(client: BaseClient, namespace: str, *specs: Spec) -> list[str | Spec]:
    """Create a service and replace it; gives what it has then, or what is wrong with it."""
    path = f"/api/v1/namespaces/{namespace}/services"
    given: list[str | Spec] = []
    for spec in specs:
        verb, url = ("PUT", f"{path}/a") if given else ("POST", path)
        answer = await ask(client, verb, url, {"metadata": {"name": "a"}, "spec": spec})
        if answer.code == 422:
            given.append(answer.body["message"].removeprefix('Service "a" is invalid: '))
            continue
        assert answer.code in (200, 201), answer
        has = answer.body["spec"]
        given.append({name: has.get(name) for name in ("clusterIP", "ipFamilies", "ipFamilyPolicy")})
        assert has.get("clusterIPs") == ([has["clusterIP"]] if "clusterIP" in has else None)
    return given


def having(families: list[str] | None, policy: str | None) -> Spec:
    return {"ipFamilies": families, "ipFamilyPolicy": policy}


@pytest.mark.parametrize(
    ("specs", "given"),
    [
        ([NONE, SELECTED], [having(BOTH, "RequireDualStack"), NOT_DUAL]),
        ([NONE, PORTS], [having(BOTH, "RequireDualStack")] * 2),
        (
            [{**NONE, **PORTS}, {**SELECTED, **NAME}, SELECTED],
            [{}, having(None, None), having(["IPv4"], "SingleStack")],
        ),
        ([{**NONE, **SELECTED}, PORTS], [having(["IPv4"], "SingleStack")] * 2),
        (
            [{**NONE, **SELECTED}, {**PORTS, "ipFamilies": ["IPv4"]}, {**PORTS, "ipFamilyPolicy": "RequireDualStack"}],
            [{}, having(["IPv4"], "SingleStack"), having(BOTH, "RequireDualStack")],
        ),
        (
            [NONE, {**NONE, "ipFamilies": ["IPv4"]}, {**NONE, "ipFamilyPolicy": "SingleStack"}],
            [{}, UNRELEASED, having(["IPv4"], "SingleStack")],
        ),
        (
            [{**NONE, "ipFamilyPolicy": "SingleStack"}, {**NONE, "ipFamilies": BOTH}],
            [having(["IPv4"], "SingleStack"), f"{ONE_ONLY}multiple IP families are specified"],
        ),
        (
            [PORTS, {**PORTS, "ipFamilyPolicy": "PreferDualStack"}, PORTS],
            [having(["IPv4"], "SingleStack"), *[having(["IPv4"], "PreferDualStack")] * 2],
        ),
        ([{**NONE, "ipFamilies": ["IPv6"]}], [having(["IPv6", "IPv4"], "RequireDualStack")]),
        ([{**NONE, "ipFamilyPolicy": "PreferDualStack"}], [having(BOTH, "PreferDualStack")]),
        ([{**NONE, **SELECTED, "ipFamilyPolicy": "RequireDualStack"}], [NOT_DUAL]),
        ([{**PORTS, "ipFamilies": ["IPv6"]}], [NO_SIX]),
        ([{"ports": [{"port": 99999}], "ipFamilies": ["IPv6"]}], [NO_SIX]),
        ([{**PORTS, "ipFamilies": BOTH}], [f"{ONE_ONLY}multiple IP families are specified"]),
        ([{**PORTS, "ipFamilies": ["IPv4", "IPv4"]}], ['spec.ipFamilies[1]: Duplicate value: "IPv4"']),
        (
            [{**PORTS, "ipFamilies": ["IPv5"], "ipFamilyPolicy": "Some"}],
            [
                '[spec.ipFamilies[0]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6", '
                'spec.ipFamilyPolicy: Unsupported value: "Some": supported values: "PreferDualStack", '
                '"RequireDualStack", "SingleStack"]'
            ],
        ),
        ([{**NAME, **NONE}], [not_of_names("clusterIPs")]),
        ([{**NAME, "ipFamilyPolicy": "SingleStack"}], [not_of_names("ipFamilyPolicy")]),
        ([PORTS, {**PORTS, **NAME, "ipFamilies": ["IPv4"]}], [{}, having(None, None)]),
        (
            [{**NONE, **PORTS, "type": "NodePort"}],
            ["spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for NodePort services"],
        ),
    ],
)
async def test_families(client: BaseClient, namespace: str, specs: list[Spec], given: list[str | Spec]) -> None:
    has = await sent(client, namespace, *specs)
    for index, expected in enumerate(given):
        found = has[index]
        if isinstance(expected, str) or isinstance(found, str):
            assert found == expected, index
        else:
            assert {name: found[name] for name in expected} == expected, index


FIRST, SIX = "10.0.0.77", "fd00::1"


@pytest.mark.parametrize(
    ("addresses", "why"),
    [
        (["None", "None"], "spec.clusterIPs[1]: "),
        (["None"], 'spec.clusterIPs: Invalid value: ["None"]: first value must match `clusterIP`'),
        (["x"], 'spec.clusterIPs[0]: Invalid value: "x": must be a valid IP address'),
        ([FIRST, SIX], f"{ONE_ONLY}multiple cluster IPs are specified"),
        ([FIRST, SIX, "fd00::2"], "may only hold up to 2 values"),
        ([FIRST, "10.0.0.78"], "may specify no more than one IP for each IP family"),
        ([SIX], f'spec.clusterIPs[0]: Invalid value: ["{SIX}"]: IPv6 is not configured on this cluster'),
    ],
)
async def test_addresses_that_no_service_can_have(
    client: BaseClient, namespace: str, addresses: list[str], why: str
) -> None:
    address = FIRST if why.endswith("`clusterIP`") else addresses[0]
    (refused,) = await sent(client, namespace, {**PORTS, "clusterIP": address, "clusterIPs": addresses})
    assert why in refused


async def test_an_address_of_the_wrong_family(client: BaseClient, namespace: str) -> None:
    has, refused = await sent(client, namespace, PORTS, {**PORTS, "ipFamilies": ["IPv6"]})
    assert isinstance(has, dict)
    why = "expected an IPv6 value as indicated by `ipFamilies[0]`"
    assert refused == f'spec.clusterIPs[0]: Invalid value: "{has["clusterIP"]}": {why}'


async def test_an_address_is_of_one_service(client: BaseClient, namespace: str) -> None:
    (first,) = await sent(client, namespace, PORTS)
    assert isinstance(first, dict)
    address = first["clusterIP"]
    path = f"/api/v1/namespaces/{namespace}/services"
    refused = await ask(client, "POST", path, {"metadata": {"name": "b"}, "spec": {**PORTS, "clusterIP": address}})
    why = f"failed to allocate IP {address}: provided IP is already allocated"
    assert refused.body["message"] == f'Service "b" is invalid: spec.clusterIPs: Invalid value: ["{address}"]: {why}'


@pytest.mark.parametrize("address", ["10.0.0.79", "None"])
async def test_an_address_stays(client: BaseClient, namespace: str, address: str) -> None:
    _, refused = await sent(client, namespace, PORTS, {**PORTS, "clusterIP": address})
    assert f'spec.clusterIPs[0]: Invalid value: ["{address}"]: may not change once set' in refused


async def test_a_service_that_its_status_made(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/services/a"
    made = await ask(client, "PUT", f"{path}/status", {"metadata": {"name": "a"}, "spec": PORTS})
    assert made.code == 201
    assert not made.body["spec"].keys() & {"clusterIP", "ipFamilies", "ipFamilyPolicy"}
    spec = (await ask(client, "PUT", path, made.body)).body["spec"]
    assert (spec["ipFamilies"], spec["ipFamilyPolicy"]) == (["IPv4"], "SingleStack")
    assert "clusterIP" not in spec
