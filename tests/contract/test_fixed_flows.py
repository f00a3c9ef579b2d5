"""What servers refuse in the flow schemas and priority levels that each cluster has."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import ask, causes

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

FLOWS = "/apis/flowcontrol.apiserver.k8s.io/v1"
ALL = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"], "clusterScope": True, "namespaces": ["*"]}
OFF = {"verbs": ["*"], "nonResourceURLs": ["*"]}
EXCEPT = "spec of 'exempt' except the 'spec.exempt' field must equal the fixed value"
CATCH_ALL = "spec of 'catch-all' must equal the fixed value"
QUEUE = {"type": "Queue", "queuing": {"queues": 1, "handSize": 1}}
REJECT = {"limitResponse": {"type": "Reject"}, "nominalConcurrencyShares": 5}


def everything(level: str, precedence: int, *groups: str, **more: Any) -> Part:
    subjects = [{"kind": "Group", "group": {"name": each}} for each in groups]
    rule = {"subjects": subjects, "resourceRules": [ALL], "nonResourceRules": [OFF]}
    name = {"priorityLevelConfiguration": {"name": level}}
    return {**name, "matchingPrecedence": precedence, "rules": [rule], **more}


def shown_everything(level: str, precedence: int, method: str, *groups: str) -> str:
    subjects = ",".join(
        f'{{"Kind":"Group","User":null,"Group":{{"Name":"{each}"}},"ServiceAccount":null}}' for each in groups
    )
    on = '{"Verbs":["*"],"APIGroups":["*"],"Resources":["*"],"ClusterScope":true,"Namespaces":["*"]}'
    off = '{"Verbs":["*"],"NonResourceURLs":["*"]}'
    rule = f'{{"Subjects":[{subjects}],"ResourceRules":[{on}],"NonResourceRules":[{off}]}}'
    return (
        f'{{"PriorityLevelConfiguration":{{"Name":"{level}"}},"MatchingPrecedence":{precedence},'
        f'"DistinguisherMethod":{method},"Rules":[{rule}]}}'
    )


async def refused(client: BaseClient, kind: str, name: str, spec: Part) -> list[str]:
    """Say what is wrong with an object, which is there already on a real cluster."""
    answer = await ask(client, "POST", f"{FLOWS}/{kind}", {"metadata": {"name": name}, "spec": spec}, dryRun="All")
    return [] if answer.code == 409 else causes(answer)


@pytest.mark.parametrize(
    ("name", "spec", "shown"),
    [
        ("exempt", everything("exempt", 1, "system:masters"), ""),
        (
            "catch-all",
            everything(
                "catch-all",
                10000,
                "system:unauthenticated",
                "system:authenticated",
                distinguisherMethod={"type": "ByUser"},
            ),
            "",
        ),
        ("exempt", everything("exempt", 2, "system:masters"), shown_everything("exempt", 2, "null", "system:masters")),
        (
            "catch-all",
            everything("catch-all", 10000, "a", distinguisherMethod={"type": "ByNamespace"}),
            shown_everything("catch-all", 10000, '{"Type":"ByNamespace"}', "a"),
        ),
        (
            "catch-all",
            {"priorityLevelConfiguration": {"name": "a"}},
            '{"PriorityLevelConfiguration":{"Name":"a"},"MatchingPrecedence":1000,"DistinguisherMethod":null,'
            '"Rules":null}',
        ),
    ],
)
async def test_schemas(client: BaseClient, name: str, spec: Part, shown: str) -> None:
    wrong = [f"spec: Invalid value: {shown}: spec of '{name}' must equal the fixed value"] if shown else []
    assert await refused(client, "flowschemas", name, spec) == wrong


@pytest.mark.parametrize(
    ("name", "spec", "expected"),
    [
        ("exempt", {"type": "Exempt", "exempt": {"nominalConcurrencyShares": 7, "lendablePercent": 50}}, []),
        ("catch-all", {"type": "Limited", "limited": REJECT}, []),
        (
            "exempt",
            {"type": "Limited", "limited": {**REJECT, "borrowingLimitPercent": 1}},
            [
                "spec.type: Invalid value: \"Limited\": must be 'Exempt' if and only if `name` is 'exempt'",
                'spec: Invalid value: {"Type":"Limited","Limited":{"NominalConcurrencyShares":5,"LimitResponse":'
                '{"Type":"Reject","Queuing":null},"LendablePercent":0,"BorrowingLimitPercent":1},"Exempt":null}: '
                f"{EXCEPT}",
            ],
        ),
        (
            "catch-all",
            {
                "type": "Limited",
                "limited": {"limitResponse": {"type": "Queue", "queuing": {"queues": 1, "handSize": 1}}},
            },
            [
                'spec: Invalid value: {"Type":"Limited","Limited":{"NominalConcurrencyShares":30,"LimitResponse":'
                '{"Type":"Queue","Queuing":{"Queues":1,"HandSize":1,"QueueLengthLimit":50}},"LendablePercent":0,'
                f'"BorrowingLimitPercent":null}},"Exempt":null}}: {CATCH_ALL}'
            ],
        ),
    ],
)
async def test_levels(client: BaseClient, name: str, spec: Part, expected: list[str]) -> None:
    assert await refused(client, "prioritylevelconfigurations", name, spec) == expected
