"""What servers refuse in what says which storage nodes have: attachments, drivers, room, attributes."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, ask, causes

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

STORAGE = "/apis/storage.k8s.io/v1"
NAME = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
ONE_SOURCE = "must specify exactly one of inlineVolumeSpec and persistentVolumeName"
NO_PARAMETERS = "parameters: Required value: must contain at least one key/value pair"


def attachment(**spec: Any) -> Part:
    return {"spec": {"attacher": "example.com", "nodeName": "n", "source": {"persistentVolumeName": "v"}, **spec}}


def drivers(*given: Part) -> Part:
    return {"spec": {"drivers": [{"name": "example.com", "nodeID": "n", **each} for each in given]}}


@pytest.mark.parametrize(
    ("kind", "body", "refused"),
    [
        ("volumeattachments", attachment(), []),
        ("volumeattachments", attachment(source={}), [f"spec.source: Required value: {ONE_SOURCE}"]),
        ("volumeattachments", attachment(attacher=""), ["spec.attacher: Required value"] * 2),
        ("volumeattachments", attachment(attacher="_"), [f'spec.attacher: Invalid value: "_": {NAME}']),
        (
            "volumeattachments",
            attachment(attacher="a" * 64),
            ["spec.attacher: Too long: may not be more than 63 bytes"],
        ),
        ("volumeattachments", attachment(nodeName="N"), [f'spec.nodeName: Invalid value: "N": {NAME}']),
        (
            "volumeattachments",
            attachment(source={"persistentVolumeName": "V"}),
            [f'spec.source.persistentVolumeName: Invalid value: "V": {NAME}'],
        ),
        ("csinodes", drivers({"topologyKeys": ["a", "example.com/b"], "allocatable": {"count": 1}}), []),
        ("csinodes", drivers({"name": ""}), ["spec.drivers[0].name: Required value"]),
        ("csinodes", drivers({"nodeID": ""}), ["spec.drivers[0].nodeID: Required value"]),
        (
            "csinodes",
            drivers({"nodeID": "n" * 257}),
            [f'spec.drivers[0].nodeID: Invalid value: "{"n" * 257}": must be 256 characters or less'],
        ),
        ("csinodes", drivers({}, {}), ['spec.drivers[1].name: Duplicate value: "example.com"']),
        ("csinodes", drivers({"topologyKeys": ["a", "a"]}), ['spec.drivers[0]: Duplicate value: "a"']),
        (
            "csinodes",
            drivers({"allocatable": {"count": -1}}),
            ["spec.drivers[0].allocatable.count: Invalid value: -1: must be greater than or equal to 0"],
        ),
        ("volumeattributesclasses", {"driverName": "example.com", "parameters": {"a": "b"}}, []),
        ("volumeattributesclasses", {"driverName": "example.com"}, [NO_PARAMETERS]),
        ("volumeattributesclasses", {"driverName": "", "parameters": {"a": "b"}}, ["driverName: Required value"]),
        (
            "volumeattributesclasses",
            {"driverName": "a", "parameters": {"": "b"}},
            ['parameters: Invalid value: "": field can not be empty.'],
        ),
    ],
)
async def test_new_ones(client: BaseClient, namespace: str, kind: str, body: Part, refused: list[str]) -> None:
    body = {"metadata": {"name": namespace}, **body}
    assert causes(await ask(client, "POST", f"{STORAGE}/{kind}", body, dryRun="All")) == refused


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"storageClassName": "a", "capacity": "1Gi"}, []),
        ({"storageClassName": "A"}, [f'storageClassName: Invalid value: "A": {NAME}']),
        (
            {"storageClassName": "a", "capacity": "-1"},
            ['capacity: Invalid value: "-1": must be greater than or equal to 0'],
        ),
        (
            {"storageClassName": "a", "nodeTopology": {"matchExpressions": [{"key": "a", "operator": "In"}]}},
            [
                "nodeTopology.matchExpressions[0].values: Required value: "
                "must be specified when `operator` is 'In' or 'NotIn'"
            ],
        ),
    ],
)
async def test_room_for_volumes(client: BaseClient, namespace: str, body: Part, refused: list[str]) -> None:
    path = f"{STORAGE}/namespaces/{namespace}/csistoragecapacities"
    assert causes(await ask(client, "POST", path, {"metadata": {"name": "a"}, **body}, dryRun="All")) == refused


async def test_what_stays(client: BaseClient, namespace: str) -> None:
    path = f"{STORAGE}/namespaces/{namespace}/csistoragecapacities"
    body = {"metadata": {"name": "a"}, "storageClassName": "a", "nodeTopology": {"matchLabels": {"a": "b"}}}
    assert (await ask(client, "POST", path, body)).code == 201
    change = {"storageClassName": "b", "nodeTopology": {"matchLabels": {"a": "c"}}}
    assert causes(await ask(client, "PATCH", f"{path}/a", change, MERGE, dryRun="All")) == [
        'nodeTopology: Invalid value: {"matchLabels":{"a":"c"}}: field is immutable',
        'storageClassName: Invalid value: "b": field is immutable',
    ]


@pytest.mark.parametrize(
    ("kind", "body", "part", "change", "refused"),
    [
        (
            "volumeattachments",
            attachment(),
            "",
            {"spec": {"nodeName": "m"}},
            [
                'spec: Invalid value: {"Attacher":"example.com","Source":{"PersistentVolumeName":"v",'
                '"InlineVolumeSpec":null},"NodeName":"m"}: field is immutable'
            ],
        ),
        (
            "volumeattachments",
            attachment(),
            "/status",
            {"status": {"attached": False, "attachError": {"message": "a" * 1025, "errorCode": -1}}},
            [
                "status.attachError.message: Too long: may not be more than 262144 bytes",
                "status.attachError.errorCode: Invalid value: -1: must be between 0 and 2147483647, inclusive",
            ],
        ),
        ("csinodes", drivers({}), "", drivers({"allocatable": {"count": 2}}), []),
        (
            "csinodes",
            drivers({}),
            "",
            drivers({"nodeID": "m"}),
            [
                'spec.drivers: Invalid value: {"Name":"example.com","NodeID":"m","TopologyKeys":null,'
                '"Allocatable":null}: field is immutable'
            ],
        ),
        (
            "volumeattributesclasses",
            {"driverName": "example.com", "parameters": {"a": "b"}},
            "",
            {"driverName": "example.org", "parameters": {"a": "c"}},
            [
                "driverName: Forbidden: updates to driverName are forbidden.",
                "parameters: Forbidden: updates to parameters are forbidden.",
            ],
        ),
    ],
)
async def test_what_stays_of_the_whole_cluster(
    client: BaseClient, namespace: str, kind: str, body: Part, part: str, change: Part, refused: list[str]
) -> None:
    made = await ask(client, "POST", f"{STORAGE}/{kind}", {"metadata": {"name": namespace}, **body})
    assert made.code == 201, made
    path = f"{STORAGE}/{kind}/{namespace}"
    try:
        assert causes(await ask(client, "PATCH", f"{path}{part}", change, MERGE, dryRun="All")) == refused
    finally:
        await ask(client, "DELETE", path)
