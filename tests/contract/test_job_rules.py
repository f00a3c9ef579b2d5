"""What servers refuse in jobs and cron jobs."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, Answer, ask

pytestmark = pytest.mark.anyio

Spec = dict[str, Any]

POD: Spec = {"restartPolicy": "Never", "containers": [{"name": "a", "image": "example.com/none:1"}]}
JOB: Spec = {"suspend": True, "template": {"spec": POD}}
INDEXED: Spec = {"completionMode": "Indexed", "completions": 3, "parallelism": 2}
MANY: Spec = {"completionMode": "Indexed", "completions": 100001, "backoffLimitPerIndex": 1}


async def create(client: BaseClient, namespace: str, plural: str, spec: Spec, name: str = "a") -> Answer:
    path = f"/apis/batch/v1/namespaces/{namespace}/{plural}"
    return await ask(client, "POST", path, {"metadata": {"name": name}, "spec": spec})


async def cron_job(client: BaseClient, namespace: str, **spec: Any) -> Answer:
    template = {"spec": {"template": {"spec": POD}}}
    given = {"suspend": True, "schedule": "@daily", "jobTemplate": template, **spec}
    return await create(client, namespace, "cronjobs", given)


def causes(answer: Answer) -> list[str]:
    return [f"{each['field']}: {each['message']}" for each in answer.body["details"]["causes"]]


async def test_completions_change_with_parallelism(client: BaseClient, namespace: str) -> None:
    assert (await create(client, namespace, "jobs", {**JOB, **INDEXED})).code == 201
    path = f"/apis/batch/v1/namespaces/{namespace}/jobs/a"
    refused = await ask(client, "PATCH", path, {"spec": {"completions": 5}}, MERGE)
    why = "can only be modified in tandem with spec.parallelism"
    assert (refused.code, causes(refused)) == (422, [f"spec.completions: Invalid value: 5: {why}"])
    changed = await ask(client, "PATCH", path, {"spec": {"completions": 5, "parallelism": 5}}, MERGE)
    assert changed.code == 200
    assert (await ask(client, "PATCH", path, {"spec": {"parallelism": 1}}, MERGE)).code == 200


FAILED, AT_ONCE = "spec.maxFailedIndexes", "spec.parallelism"
USED = "when completions are above 100000 and used with backoff limit per index"


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        (
            {**INDEXED, "backoffLimitPerIndex": 1, "maxFailedIndexes": 4},
            [f"{FAILED}: Invalid value: 4: must be less than or equal to completions"],
        ),
        (
            {**INDEXED, "parallelism": 100001},
            [f"{AT_ONCE}: Invalid value: 100001: must be less than or equal to 100000 when completion mode is Indexed"],
        ),
        (MANY, [f"{FAILED}: Required value: must be specified when completions is above 100000"]),
        (
            {**MANY, "maxFailedIndexes": 10001, "parallelism": 10001},
            [
                f"{AT_ONCE}: Invalid value: 10001: must be less than or equal to 10000 {USED}",
                f"{FAILED}: Invalid value: 10001: must be less than or equal to 10000 {USED}",
            ],
        ),
        (
            {"parallelism": -1, "maxFailedIndexes": 1},
            [
                f"{AT_ONCE}: Invalid value: -1: must be greater than or equal to 0",
                "spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified",
                f"{FAILED}: Invalid value: 1: requires indexed completion mode",
            ],
        ),
        ({"parallelism": 100001}, []),
    ],
)
async def test_how_many_pods_a_job_may_have(client: BaseClient, namespace: str, spec: Spec, found: list[str]) -> None:
    answer = await create(client, namespace, "jobs", {**JOB, **spec})
    assert (causes(answer) if answer.code == 422 else []) == found


async def test_the_hosts_of_an_indexed_job(client: BaseClient, namespace: str) -> None:
    name = "a" * 61
    assert (await create(client, namespace, "jobs", {**JOB, **INDEXED, "completions": 10}, name)).code == 201
    name = "a" * 62
    refused = await create(client, namespace, "jobs", {**JOB, **INDEXED}, name)
    why = f"will not able to create pod with invalid DNS label: {name}-2"
    assert causes(refused) == [f'metadata.name: Invalid value: "{name}": {why}']


RULE = "spec.successPolicy.rules[0]"
PARSING = "error parsing succeededIndexes:"


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ({}, [f"{RULE}: Required value: at least one of succeededCount or succeededIndexes must be specified"]),
        (
            {"succeededCount": 4},
            [
                f"{RULE}.succeededCount: Invalid value: 4: must be less than or equal to 3 "
                "(the number of specified completions)"
            ],
        ),
        (
            {"succeededCount": 3, "succeededIndexes": "0,2"},
            [
                f"{RULE}.succeededCount: Invalid value: 3: must be less than or equal to 2 "
                "(the number of indexes in the specified succeededIndexes field)"
            ],
        ),
        ({"succeededIndexes": "3"}, [f'{RULE}.succeededIndexes: Invalid value: "3": {PARSING} too large index: "3"']),
        (
            {"succeededIndexes": "0-1-2"},
            [
                f'{RULE}.succeededIndexes: Invalid value: "0-1-2": {PARSING} the fragment "0-1-2" violates the '
                "requirement that an index interval can have at most two parts separated by '-'"
            ],
        ),
        (
            {"succeededIndexes": "0,"},
            [f'{RULE}.succeededIndexes: Invalid value: "0,": {PARSING} cannot convert string to integer for index: ""'],
        ),
        (
            {"succeededIndexes": "1-2,2"},
            [
                f'{RULE}.succeededIndexes: Invalid value: "1-2,2": {PARSING} non-increasing order, previous: 2, '
                "current: 2"
            ],
        ),
        ({"succeededIndexes": "0-2", "succeededCount": 3}, []),
    ],
)
async def test_when_a_job_has_succeeded(client: BaseClient, namespace: str, rule: Spec, found: list[str]) -> None:
    answer = await create(client, namespace, "jobs", {**JOB, **INDEXED, "successPolicy": {"rules": [rule]}})
    assert (causes(answer) if answer.code == 422 else []) == found


async def test_a_success_policy_has_some_rules(client: BaseClient, namespace: str) -> None:
    field = "spec.successPolicy.rules"
    refused = await create(client, namespace, "jobs", {**JOB, **INDEXED, "successPolicy": {"rules": []}})
    why = "at least one rules must be specified when the successPolicy is specified"
    assert causes(refused) == [f"{field}: Required value: {why}"]
    rules = [{"succeededCount": 1}] * 21
    refused = await create(client, namespace, "jobs", {**JOB, **INDEXED, "successPolicy": {"rules": rules}})
    assert causes(refused) == [f"{field}: Too many: 21: must have at most 20 items"]


NO_NUMBER = "failed to parse int from"


@pytest.mark.parametrize(
    ("schedule", "why"),
    [
        ("foo * * * *", f'{NO_NUMBER} foo: strconv.Atoi: parsing "foo": invalid syntax'),
        ("mon * * * *", f'{NO_NUMBER} mon: strconv.Atoi: parsing "mon": invalid syntax'),
        ("-5 * * * *", f'{NO_NUMBER} : strconv.Atoi: parsing "": invalid syntax'),
        ("*/0 * * * *", "step of range should be a positive number: */0"),
        ("*/-5 * * * *", "negative number (-5) not allowed: -5"),
        ("60 * * * *", "end of range (60) above maximum (59): 60"),
        ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
        ("* 5-2 * * *", "beginning of range (5) beyond end of range (2): 5-2"),
        ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
        ("1/2/3 * * * *", "too many slashes: 1/2/3"),
        ("@every x", 'failed to parse duration @every x: time: invalid duration "x"'),
        ("@every 5", 'failed to parse duration @every 5: time: missing unit in duration "5"'),
        ("@sometimes", "unrecognized descriptor: @sometimes"),
        ("* * * jan-MAR mon,wed", ""),
        ("0-30/5 ? * * *", ""),
        ("@every 90m", ""),
    ],
)
async def test_schedules(client: BaseClient, namespace: str, schedule: str, why: str) -> None:
    answer = await cron_job(client, namespace, schedule=schedule)
    if not why:
        assert answer.code == 201
        return
    assert (answer.code, causes(answer)) == (422, [f'spec.schedule: Invalid value: "{schedule}": {why}'])


NO_ZONE = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"


@pytest.mark.parametrize(
    ("schedule", "found"),
    [
        ("TZ=UTC * * * * *", [NO_ZONE]),
        ("CRON_TZ=X * * * * *", ["provided bad location X: unknown time zone X", NO_ZONE]),
        ("TZ=0", ["invalid schedule format: runtime error: slice bounds out of range [:-1]", NO_ZONE]),
    ],
)
async def test_zones_in_schedules(client: BaseClient, namespace: str, schedule: str, found: list[str]) -> None:
    refused = await cron_job(client, namespace, schedule=schedule)
    assert causes(refused) == [f'spec.schedule: Invalid value: "{schedule}": {why}' for why in found]


LOCAL = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"


@pytest.mark.parametrize(
    ("zone", "found"),
    [
        ("Local", [LOCAL]),
        ("local", [LOCAL, "unknown time zone local"]),
        ("Some/Where", ["unknown time zone Some/Where"]),
        ("a/../b", ["unknown time zone a/../b"]),
        ("", ["timeZone must be nil or non-empty string"]),
        ("Europe/Berlin", []),
    ],
)
async def test_time_zones(client: BaseClient, namespace: str, zone: str, found: list[str]) -> None:
    answer = await cron_job(client, namespace, timeZone=zone)
    shown = [f'spec.timeZone: Invalid value: "{zone}": {why}' for why in found]
    assert (causes(answer) if answer.code == 422 else []) == shown
