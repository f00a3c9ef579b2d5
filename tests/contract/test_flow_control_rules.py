"""What servers refuse in what says which requests they answer first."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, ask, causes

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

FLOWS = "/apis/flowcontrol.apiserver.k8s.io/v1"
VERBS = '"create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"'
RULE = "spec.rules[0]"
USER: Part = {"kind": "User", "user": {"name": "a"}}
ON: Part = {"verbs": ["get"], "apiGroups": [""], "resources": ["pods"], "namespaces": ["a"]}
OFF: Part = {"verbs": ["*"], "nonResourceURLs": ["/a/*"]}
BESIDE = "is present, must not specify other"


def schema(*rules: Part, **spec: Any) -> Part:
    level = {"priorityLevelConfiguration": {"name": "a"}}
    return {"spec": {**level, "rules": [{"subjects": [USER], "resourceRules": [ON], **rule} for rule in rules], **spec}}


def level(**limited: Any) -> Part:
    return {"spec": {"type": "Limited", "limited": {"limitResponse": {"type": "Reject"}, **limited}}}


def queues(**queuing: int) -> Part:
    return level(limitResponse={"type": "Queue", "queuing": queuing})


@pytest.mark.parametrize(
    ("kind", "body", "refused"),
    [
        ("flowschemas", schema({"nonResourceRules": [OFF]}, distinguisherMethod={"type": "ByUser"}), []),
        (
            "flowschemas",
            schema(matchingPrecedence=1),
            ["spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1"],
        ),
        (
            "flowschemas",
            schema(matchingPrecedence=10001),
            ["spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000"],
        ),
        (
            "flowschemas",
            schema(matchingPrecedence=-1),
            ["spec.matchingPrecedence: Invalid value: -1: must be a positive value"],
        ),
        (
            "flowschemas",
            schema(distinguisherMethod={"type": "x"}, priorityLevelConfiguration={"name": ""}),
            [
                'spec.distinguisherMethod.type: Unsupported value: {"Type":"x"}: '
                'supported values: "ByNamespace", "ByUser"',
                "spec.priorityLevelConfiguration.name: Required value: must reference a priority level",
            ],
        ),
        (
            "flowschemas",
            schema({"subjects": [], "resourceRules": []}),
            [
                f"{RULE}.subjects: Required value: subjects must contain at least one value",
                f"{RULE}: Required value: at least one of resourceRules and nonResourceRules has to be non-empty",
            ],
        ),
        (
            "flowschemas",
            schema({"subjects": [{"kind": "User", "group": {"name": "a"}}]}),
            [
                f"{RULE}.subjects[0].user: Required value: user is required when subject kind is 'User'",
                f"{RULE}.subjects[0].group: Forbidden: group is forbidden when subject kind is not 'Group'",
            ],
        ),
        (
            "flowschemas",
            schema({"subjects": [{"kind": "x"}, {"kind": "ServiceAccount", "serviceAccount": {"name": "*"}}]}),
            [
                f'{RULE}.subjects[0].kind: Unsupported value: "x": supported values: "Group", "ServiceAccount", "User"',
                f"{RULE}.subjects[1].serviceAccount.namespace: Required value: "
                "must specify namespace for service account",
            ],
        ),
        (
            "flowschemas",
            schema({"resourceRules": [{"verbs": ["x"], "apiGroups": ["*", "a"], "resources": []}]}),
            [
                f'{RULE}.resourceRules[0].verbs: Unsupported value: ["x"]: supported values: {VERBS}',
                f'{RULE}.resourceRules[0].apiGroups: Invalid value: ["*","a"]: if \'*\' {BESIDE} api groups',
                f"{RULE}.resourceRules[0].resources: Required value: resource rules must supply at least one resource",
                f"{RULE}.resourceRules[0].namespaces: Required value: "
                "resource rules that are not cluster scoped must supply at least one namespace",
            ],
        ),
        (
            "flowschemas",
            schema({"nonResourceRules": [{"verbs": [], "nonResourceURLs": ["a", "/a b", "//", "/*/a", ""]}]}),
            [
                f"{RULE}.nonResourceRules[0].verbs: Required value: verbs must contain at least one value",
                *(
                    f'{RULE}.nonResourceRules[0].nonResourceURLs[{index}]: Invalid value: "{path}": {why}'
                    for index, (path, why) in enumerate(
                        (
                            ("a", "must start with slash"),
                            ("/a b", "must not contain white-space"),
                            ("//", "must not contain double slash"),
                            ("/*/a", "wildcard can only do suffix matching"),
                            ("", "must not be empty"),
                        )
                    )
                ),
            ],
        ),
        ("prioritylevelconfigurations", level(lendablePercent=100, borrowingLimitPercent=0), []),
        ("prioritylevelconfigurations", queues(), []),
        (
            "prioritylevelconfigurations",
            {"spec": {"type": "Exempt"}},
            ["spec.type: Invalid value: \"Exempt\": must be 'Exempt' if and only if `name` is 'exempt'"],
        ),
        (
            "prioritylevelconfigurations",
            {"spec": {"type": "x"}},
            ['spec.type: Unsupported value: "x": supported values: "Exempt", "Limited"'],
        ),
        (
            "prioritylevelconfigurations",
            {"spec": {"type": "Limited", "exempt": {}}},
            [
                "spec.exempt: Forbidden: must be nil if the type is Limited",
                "spec.limited: Required value: must not be empty when type is Limited",
            ],
        ),
        (
            "prioritylevelconfigurations",
            level(nominalConcurrencyShares=-1, lendablePercent=101, borrowingLimitPercent=-1),
            [
                "spec.limited.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer",
                "spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive",
                "spec.limited.borrowingLimitPercent: Invalid value: -1: if specified, must be a non-negative integer",
            ],
        ),
        (
            "prioritylevelconfigurations",
            level(limitResponse={"type": "Queue"}),
            [
                "spec.limited.limitResponse.queuing: Required value: "
                "must not be empty if limited.limitResponse.type is Limited"
            ],
        ),
        (
            "prioritylevelconfigurations",
            queues(queues=2, handSize=3, queueLengthLimit=-1),
            [
                "spec.limited.limitResponse.queuing.queueLengthLimit: Invalid value: -1: must be positive",
                "spec.limited.limitResponse.queuing.handSize: Invalid value: 3: should not be greater than queues (2)",
            ],
        ),
        (
            "prioritylevelconfigurations",
            queues(queues=1024, handSize=7),
            [
                "spec.limited.limitResponse.queuing.handSize: Invalid value: 7: "
                "required entropy bits of deckSize 1024 and handSize 7 should not be greater than 60"
            ],
        ),
    ],
)
async def test_flow_control(client: BaseClient, namespace: str, kind: str, body: Part, refused: list[str]) -> None:
    body = {"metadata": {"name": namespace}, **body}
    assert causes(await ask(client, "POST", f"{FLOWS}/{kind}", body, dryRun="All")) == refused


async def test_conditions_of_a_flow(client: BaseClient, namespace: str) -> None:
    path = f"{FLOWS}/flowschemas"
    assert (await ask(client, "POST", path, {"metadata": {"name": namespace}, **schema()})).code == 201
    try:
        status = {"status": {"conditions": [{"type": ""}]}}
        answer = await ask(client, "PATCH", f"{path}/{namespace}/status", status, MERGE, dryRun="All")
        assert causes(answer) == ["status.conditions[0].type: Required value"]
    finally:
        await ask(client, "DELETE", f"{path}/{namespace}")
