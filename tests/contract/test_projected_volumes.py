"""What servers refuse in volumes that bring together what comes of several places."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import causes
from tests.contract.test_pod_spec_rules import create, pod

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

WHERE = "spec.volumes[0].projected"
SAME = "conflicting duplicate paths"
NAME: Part = {"fieldRef": {"fieldPath": "metadata.name"}}
CPU: Part = {"resourceFieldRef": {"containerName": "a", "resource": "limits.cpu"}}


def files(*paths: str, name: str = "a") -> Part:
    return {"name": name, "items": [{"key": "k", "path": each} for each in paths]}


def downward(*items: Part) -> Part:
    return {"downwardAPI": {"items": list(items)}}


def token(**more: Any) -> Part:
    return {"serviceAccountToken": {"path": "t", **more}}


@pytest.mark.parametrize(
    ("sources", "refused"),
    [
        ([{"secret": files("a")}, {"configMap": files("b")}, downward({"path": "c", **NAME}), token()], []),
        ([{"secret": {"name": "A_B"}}], []),
        ([{"secret": files("a")}, {"configMap": files("a", name="b")}], [f': Invalid value: "b": {SAME}']),
        ([{"secret": files("a")}, downward({"path": "a", **NAME})], [f': Invalid value: "a": {SAME}']),
        (
            [{"secret": {"name": "a"}, "configMap": {"name": ""}}],
            [
                ".sources[0].configMap.name: Required value",
                ".sources[0]: Forbidden: may not specify more than 1 volume type per source",
            ],
        ),
        (
            [{"secret": files("../a", "..", "..a")}],
            [
                f'.sources[0].secret.items[{index}].path: Invalid value: "{path}": {why}'
                for index, path, why in (
                    (0, "../a", "must not contain '..'"),
                    (1, "..", "must not contain '..'"),
                    (1, "..", "must not start with '..'"),
                    (2, "..a", "must not start with '..'"),
                )
            ],
        ),
        (
            [downward({"path": "a"}, {"path": "b", **NAME, **CPU})],
            [
                ".sources[0].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required",
                '.sources[0].downwardAPI: Invalid value: "resource": '
                "fieldRef and resourceFieldRef can not be specified simultaneously",
            ],
        ),
        (
            [token(path="", expirationSeconds=599), token(path="/a", expirationSeconds=2**32 + 1)],
            [
                ".sources[0].serviceAccountToken.expirationSeconds: Invalid value: 599: "
                "may not specify a duration less than 10 minutes",
                ".path: Required value",
                ".sources[1].serviceAccountToken.expirationSeconds: Invalid value: 4294967297: "
                "may not specify a duration larger than 2^32 seconds",
                '.path: Invalid value: "/a": must be a relative path',
            ],
        ),
    ],
)
async def test_sources(client: BaseClient, namespace: str, sources: list[Part], refused: list[str]) -> None:
    body = pod(volumes=[{"name": "v", "projected": {"sources": sources}}], automountServiceAccountToken=False)
    assert causes(await create(client, namespace, body, dryRun="All")) == [f"{WHERE}{each}" for each in refused]
