"""What servers make of the resources of pods as a whole: what they refuse, and what they fill in."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import causes
from tests.contract.test_pod_spec_rules import container, create, limited, pod

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

TOGETHER = "must be greater than or equal to aggregate container"


@pytest.mark.parametrize(
    ("resources", "container_", "refused"),
    [
        ({"limits": {"cpu": "1"}}, container(), []),
        (
            {"requests": {"cpu": "1"}},
            container(resources={"requests": {"cpu": "1500m"}}),
            [f'requests[cpu]: Invalid value: "1": {TOGETHER} requests of 1500m'],
        ),
        (
            {"limits": {"cpu": "1"}, "requests": {"cpu": "1"}},
            container(resources={"limits": {"cpu": "2"}, "requests": {"cpu": "1"}}),
            ['containers[0][cpu].limits: Invalid value: "2": must be less than or equal to pod limits of 1'],
        ),
        (
            {"limits": {"cpu": "1"}, "requests": {"cpu": "2"}},
            container(),
            ['requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
        ),
        (
            {"requests": {"ephemeral-storage": "1"}},
            container(),
            [
                'requests[ephemeral-storage]: Unsupported value: "ephemeral-storage": '
                'supported values: "cpu", "hugepages-", "memory"'
            ],
        ),
        (
            {"requests": {"foo": "1"}},
            container(),
            ['requests[foo]: Invalid value: "foo": must be a standard resource type or fully qualified'],
        ),
        (
            {"requests": {"cpu": "-1"}},
            container(),
            ['requests[cpu]: Invalid value: "-1": must be greater than or equal to 0'],
        ),
        (
            {"limits": {"hugepages-2Mi": "2Mi", "cpu": "1"}},
            limited(hugepages_2Mi="4Mi", cpu="1"),
            [
                f'limits[hugepages-2Mi]: Invalid value: "2Mi": {TOGETHER} limits of 4Mi',
                'containers[0][hugepages-2Mi].limits: Invalid value: "4Mi": '
                "must be less than or equal to pod limits of 2Mi",
            ],
        ),
    ],
)
async def test_resources_of_pods(
    client: BaseClient, namespace: str, resources: Part, container_: Part, refused: list[str]
) -> None:
    found = causes(await create(client, namespace, pod(container_, resources=resources), dryRun="All"))
    # Of huge pages, what the containers ask for is the same as what they may use.
    kept = [each for each in found if not each.startswith("spec.resources.requests[hugepages-")]
    assert kept == [f"spec.resources.{each}" for each in refused]


@pytest.mark.parametrize(
    ("resources", "container_", "expected"),
    [
        ({"limits": {"cpu": "1"}}, container(), {"limits": {"cpu": "1"}, "requests": {"cpu": "1"}}),
        (
            {"limits": {"cpu": "2", "memory": "1Gi"}},
            container(resources={"requests": {"cpu": "500m"}}),
            {"limits": {"cpu": "2", "memory": "1Gi"}, "requests": {"cpu": "500m", "memory": "1Gi"}},
        ),
        (
            {"requests": {"cpu": "2"}},
            limited(hugepages_2Mi="4Mi", cpu="1"),
            {"limits": {"hugepages-2Mi": "4Mi"}, "requests": {"cpu": "2", "hugepages-2Mi": "4Mi"}},
        ),
        ({"requests": {"cpu": "2"}}, limited(cpu="1"), {"requests": {"cpu": "2"}}),
    ],
)
async def test_what_pods_take_where_they_do_not_say(
    client: BaseClient, namespace: str, resources: Part, container_: Part, expected: Part
) -> None:
    answer = await create(client, namespace, pod(container_, resources=resources), dryRun="All")
    assert answer.code == 201, answer
    assert answer.body["spec"]["resources"] == expected
