"""What servers refuse in the status of objects, which controllers and kubelets write."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, Answer, ask

pytestmark = pytest.mark.anyio

Status = dict[str, Any]

COUNTS = ("active", "succeeded", "failed", "ready", "terminating")
TIME, LATER = "2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z"
WITHOUT_TIME = "status.completionTime: Required value: completionTime is required for Complete jobs"
WITHOUT_CRITERIA = "cannot set Complete=True condition without the SuccessCriteriaMet=true condition"
WITHOUT_START = "status.startTime: Required value: startTime is required for finished job"
NO_ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
ONE_EACH = "may specify no more than one IP for each IP family"
ENDED = "Forbidden: may not be transitioned to non-terminated state"


def conditions(*types: str) -> list[dict[str, str]]:
    return [{"type": type_, "status": "True"} for type_ in types]


def of_conditions(why: str) -> str:
    return f"status.conditions: Invalid value: {why}"


COMPLETE: Status = {
    "conditions": conditions("SuccessCriteriaMet", "Complete"),
    "startTime": TIME,
    "completionTime": LATER,
    "succeeded": 1,
}
FAILED: Status = {"conditions": conditions("FailureTarget", "Failed"), "startTime": TIME, "failed": 1}


def causes(answer: Answer) -> list[str]:
    """What a refusal names; nothing of an answer that is none."""
    if answer.code == 200:
        return []
    assert answer.code == 422, answer
    return [f"{cause['field']}: {cause['message']}" for cause in answer.body["details"]["causes"]]


async def written(client: BaseClient, path: str, *statuses: Status) -> list[str]:
    """Put statuses in the place of each other; gives what is wrong with the last one."""
    found = (await ask(client, "GET", path)).body
    answer = Answer(0, {})
    for index, status in enumerate(statuses):
        body = {name: found[name] for name in ("apiVersion", "kind", "spec")}
        body["metadata"] = {"name": found["metadata"]["name"]}
        answer = await ask(client, "PUT", f"{path}/status", {**body, "status": status})
        assert index == len(statuses) - 1 or answer.code == 200, answer
    return causes(answer)


async def job(client: BaseClient, namespace: str, **spec: Any) -> str:
    """Make a Job that no controller of a cluster takes, and give its path."""
    path = f"/apis/batch/v1/namespaces/{namespace}/jobs"
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "example.com/none:1"}]}}
    body = {"metadata": {"name": "a"}, "spec": {"template": template, "managedBy": "example.com/other", **spec}}
    assert (await ask(client, "POST", path, body)).code == 201
    return f"{path}/a"


@pytest.mark.parametrize(
    ("statuses", "why"),
    [
        (
            [{"conditions": conditions("Complete")}],
            [WITHOUT_TIME, of_conditions(WITHOUT_CRITERIA), WITHOUT_START],
        ),
        (
            [{"conditions": conditions("Failed"), "startTime": TIME}],
            [of_conditions("cannot set Failed=True condition without the FailureTarget=true condition")],
        ),
        ([COMPLETE], []),
        ([FAILED], []),
        ([FAILED, {**FAILED, "failed": 2}], []),
        (
            [{**COMPLETE, "active": 1, "terminating": 2}],
            [
                "status.active: Invalid value: 1: active>0 is invalid for finished job",
                "status.terminating: Invalid value: 2: terminating>0 is invalid for finished job",
            ],
        ),
        (
            [{**COMPLETE, "conditions": conditions("SuccessCriteriaMet", "Complete", "FailureTarget", "Failed")}],
            [
                of_conditions("cannot set Complete=True and Failed=true conditions"),
                of_conditions("cannot set Complete=True and FailureTarget=true conditions"),
                of_conditions("cannot set SuccessCriteriaMet=True and Failed=true conditions"),
                of_conditions("cannot set SuccessCriteriaMet=True and FailureTarget=true conditions"),
            ],
        ),
        (
            [COMPLETE, {"startTime": TIME, "succeeded": 1}],
            [
                of_conditions("cannot disable the terminal Complete=True condition"),
                of_conditions("cannot disable the SuccessCriteriaMet=True condition"),
            ],
        ),
        (
            [FAILED, {"startTime": TIME}],
            [
                of_conditions("cannot disable the terminal Failed=True condition"),
                of_conditions("cannot disable the terminal FailureTarget=True condition"),
                "status.failed: Invalid value: 0: cannot decrease the failed counter",
            ],
        ),
        (
            [COMPLETE, {**COMPLETE, "completionTime": "2026-03-01T14:00:00Z", "succeeded": 0}],
            [
                "status.succeeded: Invalid value: 0: cannot decrease the succeeded counter",
                'status.completionTime: Invalid value: "2026-03-01T14:00:00Z": field is immutable',
            ],
        ),
        (
            [{**COMPLETE, "startTime": LATER, "completionTime": TIME}],
            [f'status.completionTime: Invalid value: "{TIME}": must be equal to or after `startTime`'],
        ),
        (
            [{"completionTime": TIME}],
            [
                f'status.completionTime: Invalid value: "{TIME}": cannot set completionTime when there is no '
                "Complete=True condition"
            ],
        ),
        (
            [{"startTime": TIME}, {"startTime": LATER}],
            ["status.startTime: Required value: startTime cannot be removed for unsuspended job"],
        ),
        (
            [{"active": 1, "ready": 2}],
            ["status.ready: Invalid value: 2: cannot set more ready pods than active"],
        ),
        (
            [dict.fromkeys(COUNTS, -1)],
            [
                *(f"status.{name}: Invalid value: -1: must be greater than or equal to 0" for name in COUNTS),
                "status.failed: Invalid value: -1: cannot decrease the failed counter",
                "status.succeeded: Invalid value: -1: cannot decrease the succeeded counter",
            ],
        ),
        (
            [{"uncountedTerminatedPods": {"succeeded": ["a", ""], "failed": ["a"]}}],
            [
                'status.uncountedTerminatedPods.succeeded[1]: Invalid value: "": must not be empty',
                'status.uncountedTerminatedPods.failed[0]: Duplicate value: "a"',
            ],
        ),
        (
            [{**COMPLETE, "uncountedTerminatedPods": {"succeeded": ["a"]}}],
            [
                'status.uncountedTerminatedPods: Invalid value: {"Succeeded":["a"],"Failed":null}: '
                "must be empty for finished job"
            ],
        ),
        (
            [{"completedIndexes": "0", "failedIndexes": "1"}],
            [
                'status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed '
                "completion mode",
                'status.failedIndexes: Invalid value: "1": cannot set non-null failedIndexes when '
                "backoffLimitPerIndex is null",
            ],
        ),
    ],
)
async def test_the_status_of_a_job(client: BaseClient, namespace: str, statuses: list[Status], why: list[str]) -> None:
    assert await written(client, await job(client, namespace), *statuses) == why


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ({"completedIndexes": "0,2-3", "failedIndexes": "1,5"}, []),
        ({"completedIndexes": "0-x"}, ['cannot convert string to integer for index: "x"']),
        ({"completedIndexes": "8"}, ['too large index: "8"']),
        ({"completedIndexes": "3,1"}, ["non-increasing order, previous: 3, current: 1"]),
        ({"completedIndexes": "3-3"}, ["non-increasing order, previous: 3, current: 3"]),
        (
            {"completedIndexes": "1-2-3"},
            [
                'the fragment "1-2-3" violates the requirement that an index interval can have at most two parts '
                "separated by '-'"
            ],
        ),
    ],
)
async def test_the_indexes_of_a_job(client: BaseClient, namespace: str, status: Status, why: list[str]) -> None:
    spec = {"completionMode": "Indexed", "completions": 8, "parallelism": 2, "backoffLimitPerIndex": 1}
    given = status["completedIndexes"]
    what = f'status.completedIndexes: Invalid value: "{given}": error parsing completedIndexes'
    path = await job(client, namespace, **spec)
    assert await written(client, path, status) == [f"{what}: {each}" for each in why]
    both = await written(client, path, {"completedIndexes": "0-2,5", "failedIndexes": "3,4-6"})
    overlap = "failedIndexes and completedIndexes overlap at index: 5"
    assert both == [f'status.failedIndexes: Invalid value: "3,4-6": {overlap}']


async def pod(client: BaseClient, namespace: str, **spec: Any) -> str:
    """Make a pod that no scheduler takes, and give its path."""
    path = f"/api/v1/namespaces/{namespace}/pods"
    containers = [{"name": "c", "image": "example.com/none:1"}]
    body = {"metadata": {"name": "a"}, "spec": {"schedulerName": "nobody", "containers": containers, **spec}}
    assert (await ask(client, "POST", path, body)).code == 201
    return f"{path}/a"


async def patched(client: BaseClient, path: str, status: Status) -> list[str]:
    return causes(await ask(client, "PATCH", f"{path}/status", {"status": status}, MERGE))


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ({"podIPs": [{"ip": "10.0.0.1"}, {"ip": "fd00::1"}]}, []),
        ({"podIPs": [{"ip": "no"}]}, [f'status.podIPs[0]: Invalid value: "no": {NO_ADDRESS}']),
        (
            {"podIPs": [{"ip": "10.0.0.1"}, {"ip": "10.0.0.2"}]},
            [f'status.podIPs: Invalid value: [{{"IP":"10.0.0.1"}},{{"IP":"10.0.0.2"}}]: {ONE_EACH}'],
        ),
        (
            {"podIPs": [{"ip": "10.0.0.1"}, {"ip": "no"}]},
            [
                f'status.podIPs[1]: Invalid value: "no": {NO_ADDRESS}',
                "status.podIPs: Internal error: failed to check for dual stack with error:invalid IP[1]: no",
                f'status.podIPs: Invalid value: [{{"IP":"10.0.0.1"}},{{"IP":"no"}}]: {ONE_EACH}',
            ],
        ),
        (
            {"hostIP": "10.0.0.1", "hostIPs": [{"ip": "10.0.0.2"}]},
            ['status.hostIPs[0].ip: Invalid value: "10.0.0.2": must be equal to `hostIP`'],
        ),
        ({"hostIP": "10.0.0.1", "hostIPs": [{"ip": "10.0.0.1"}]}, []),
        ({"qosClass": "Guaranteed"}, ['status.qosClass: Invalid value: "Guaranteed": field is immutable']),
        ({"qosClass": None}, []),
        ({"conditions": [{"type": "example.com/gate", "status": "True"}]}, []),
        ({"observedGeneration": -1}, ["status.observedGeneration: Invalid value: -1: must be a non-negative integer"]),
        ({"nominatedNodeName": "n"}, []),
        (
            {"resourceClaimStatuses": [{"name": "x"}]},
            [
                'status.resourceClaimStatuses[0].name: Invalid value: "x": must match the name of an entry in '
                "`spec.resourceClaims`"
            ],
        ),
        (
            {
                "containerStatuses": [
                    {
                        "name": "c",
                        "image": "i",
                        "imageID": "",
                        "ready": False,
                        "restartCount": 0,
                        "user": {"linux": {"uid": -1, "gid": 0}},
                    }
                ]
            },
            [
                "status.containerStatuses[0].user.linux.uid: Invalid value: -1: "
                "must be between 0 and 2147483647, inclusive"
            ],
        ),
    ],
)
async def test_the_status_of_a_pod(client: BaseClient, namespace: str, status: Status, why: list[str]) -> None:
    assert await patched(client, await pod(client, namespace), status) == why


async def test_conditions_of_pods_have_qualified_names(client: BaseClient, namespace: str) -> None:
    path = await pod(client, namespace)
    (why,) = await patched(client, path, {"conditions": [{"type": "not so", "status": "True"}]})
    assert why.startswith('status.conditions[0].Type: Invalid value: "not so": name part must consist of')
    about: dict[str, Any] = {"type": "Ready", "status": "False", "observedGeneration": 7}
    assert await patched(client, path, {"conditions": [about], "observedGeneration": 7}) == []
    changes = {"conditions": [{"type": "Ready", "status": "True"}], "observedGeneration": None}
    assert await patched(client, path, changes) == []
    status = (await ask(client, "GET", path)).body["status"]
    assert (status["observedGeneration"], status["conditions"][0]["observedGeneration"]) == (7, 7)


async def test_a_pod_on_a_node_is_meant_for_no_other(client: BaseClient, namespace: str) -> None:
    path = await pod(client, namespace)
    assert await patched(client, path, {"nominatedNodeName": "n"}) == []
    body = {"metadata": {"name": "a"}, "target": {"kind": "Node", "name": "n"}}
    assert (await ask(client, "POST", f"{path}/binding", body)).code == 201
    assert "nominatedNodeName" not in (await ask(client, "GET", path)).body["status"]
    why = "status.nominatedNodeName: Forbidden: may not be set on pods that are already bound to a node"
    assert await patched(client, path, {"nominatedNodeName": "n"}) == [why]
    await ask(client, "DELETE", path, {"gracePeriodSeconds": 0})


@pytest.mark.parametrize(
    ("spec", "exit_code", "restarts"),
    [
        ({"restartPolicy": "Always"}, 0, True),
        ({"restartPolicy": "OnFailure"}, 1, True),
        ({"restartPolicy": "OnFailure"}, 0, False),
        ({"restartPolicy": "Never"}, 1, False),
    ],
)
@pytest.mark.parametrize("kind", ["containerStatuses", "initContainerStatuses"])
async def test_containers_that_have_ended_for_good(
    client: BaseClient, namespace: str, kind: str, spec: dict[str, str], exit_code: int, restarts: bool
) -> None:
    path = await pod(client, namespace, initContainers=[{"name": "i", "image": "example.com/none:1"}], **spec)
    name = "i" if kind.startswith("init") else "c"
    told = {"name": name, "image": "i", "imageID": "", "ready": False, "restartCount": 0}
    assert await patched(client, path, {kind: [{**told, "state": {"terminated": {"exitCode": exit_code}}}]}) == []
    again = await patched(client, path, {kind: [{**told, "state": {"running": {"startedAt": TIME}}}]})
    assert again == ([] if restarts else [f"status.{kind}[0].state: {ENDED}"])


async def stateful_set(client: BaseClient, namespace: str) -> str:
    """Make a StatefulSet that wants no pods, and whose status a controller would not write between two requests."""
    path = f"/apis/apps/v1/namespaces/{namespace}/statefulsets"
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    spec = {"replicas": 0, "serviceName": "s", "selector": {"matchLabels": {"a": "b"}}, "template": template}
    assert (await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": spec})).code == 201
    return f"{path}/a"


async def test_the_status_of_a_stateful_set(client: BaseClient, namespace: str) -> None:
    path = await stateful_set(client, namespace)
    counts = {"readyReplicas": 2, "currentReplicas": 3, "updatedReplicas": 4, "availableReplicas": 5}
    refused = await written(client, path, {"replicas": 1, "collisionCount": 0, **counts})
    more = [
        f"status.{name}: Invalid value: {count}: cannot be greater than status.replicas"
        for name, count in counts.items()
    ]
    ready = "status.availableReplicas: Invalid value: 5: cannot be greater than status.readyReplicas"
    assert refused == [*more, ready]
    names = ["replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas", "collisionCount"]
    refused = await written(client, path, dict.fromkeys(names, -1))
    negative = [f"status.{name}: Invalid value: -1: must be greater than or equal to 0" for name in names]
    assert refused[:6] == negative


async def test_collisions_are_not_forgotten(client: BaseClient, namespace: str) -> None:
    path = await stateful_set(client, namespace)
    forgotten = await written(client, path, {"replicas": 0, "collisionCount": 3}, {"replicas": 0, "collisionCount": 2})
    assert forgotten == ["status.collisionCount: Invalid value: 2: cannot be decremented"]
