"""Conditions of admission webhooks: which requests are left, what nobody can tell, and what can be none."""

from __future__ import annotations

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, ask
from tests.contract.test_webhooks import Refusals, refusals, secrets, webhook
from tests.contract.webhooks import configured, hook, rule
from tests.webhook_server import Webhook

__all__ = ("refusals", "webhook")

pytestmark = pytest.mark.anyio


async def test_conditions_say_what_a_webhook_is_asked_about(
    client: BaseClient, namespace: str, webhook: Webhook
) -> None:
    path = secrets(namespace)
    condition = "object == null || object.metadata.?labels['case'].orValue('') != 'skipped'"
    conditions = [
        {"name": "no-probe-of-others", "expression": "request.operation in ['CREATE', 'DELETE']"},
        {"name": "case", "expression": condition},
    ]
    asked = hook(webhook, namespace, rule("secrets", "*"), matchConditions=conditions)
    async with configured(client, namespace, "validating", webhook, asked) as made:
        for name, case in (("a", "asked"), ("b", "skipped")):
            body = {"metadata": {"name": name, "labels": {"case": case}}}
            assert (await ask(client, "POST", path, body)).code == 201
        assert (await ask(client, "PATCH", f"{path}/a", {"data": {"k": "dg=="}}, MERGE)).code == 200
        assert (await ask(client, "DELETE", f"{path}/b")).code == 200
    assert [(each["operation"], each["name"]) for each in webhook.reviews] == [("CREATE", "a"), ("DELETE", "b")]
    assert made["webhooks"][0]["matchConditions"] == conditions


@pytest.mark.parametrize("policy", ["Fail", "Ignore"])
async def test_conditions_that_nobody_can_tell(
    client: BaseClient, namespace: str, webhook: Webhook, policy: str
) -> None:
    path, key = secrets(namespace), "object.data.key == 'x'"
    probed = "object.kind == 'LimitRange' || "
    conditions = [{"name": "a", "expression": f"{probed}{key}"}, {"name": "b", "expression": f"{probed}object.nope"}]
    asked = hook(webhook, namespace, rule("secrets", "CREATE"), matchConditions=conditions, failurePolicy=policy)
    async with configured(client, namespace, "validating", webhook, asked):
        one = await ask(client, "POST", path, {"metadata": {"name": "a"}, "data": {"key": "eA=="}}, dryRun="All")
        two = await ask(client, "POST", path, {"metadata": {"name": "a"}}, dryRun="All")
    assert webhook.reviews == []
    if policy == "Ignore":
        assert [one.code, two.code] == [201, 201]
        return
    assert one.code == 201, "one that does not hold is enough"
    first = f"expression '{probed}{key}' resulted in error: no such key: data"
    second = f"expression '{probed}object.nope' resulted in error: no such key: nope"
    assert (two.code, two.body["reason"]) == (403, "Forbidden")
    assert two.message == f'secrets "a" is forbidden: [{first}, {second}]'
    assert two.body["details"] == {"name": "a", "kind": "secrets"}


async def test_conditions_know_who_asks_and_for_what(client: BaseClient, namespace: str, webhook: Webhook) -> None:
    scalers = f"/apis/autoscaling/v2/namespaces/{namespace}/horizontalpodautoscalers"
    spec = {"maxReplicas": 3, "scaleTargetRef": {"kind": "Deployment", "name": "web", "apiVersion": "apps/v1"}}
    expressions = [
        "object.apiVersion == 'autoscaling/v1'",
        "request.kind.version == 'v1' && request.requestKind.version == 'v2'",
        "request.requestResource.version == 'v2' && request.resource.version == 'v2'",
        "request.userInfo.username != '' && !request.dryRun",
        "authorizer.requestResource.check('create').allowed()",
        "authorizer.serviceAccount('kube-system', 'none').group('').resource('pods').check('get').reason() != 'x'",
        "request.name == 'a' && request.namespace == object.metadata.namespace",
        "request.options.fieldManager == 'me'",
    ]
    conditions = [
        {"name": f"c{index}", "expression": f"request.kind.kind == 'LimitRange' || {each}"}
        for index, each in enumerate(expressions)
    ]
    asked = rule("horizontalpodautoscalers", "CREATE", group="autoscaling")
    hooks = hook(webhook, namespace, asked, matchConditions=conditions)
    async with configured(client, namespace, "mutating", webhook, hooks):
        made = await ask(client, "POST", scalers, {"metadata": {"name": "a"}, "spec": spec}, fieldManager="me")
    assert made.code == 201, made.body
    assert [each["name"] for each in webhook.reviews] == ["a"]


async def test_what_no_condition_may_be(refusals: Refusals) -> None:
    where = "matchConditions"
    found = await refusals.of(
        matchConditions=[
            {"name": "a", "expression": "object.x =="},
            {"name": "a", "expression": "'text'"},
            {"name": "not a name", "expression": "params.x == 1"},
            {"name": "", "expression": " "},
            {"name": "b", "expression": "variables.x == 1"},
        ]
    )
    assert [each.partition(": ")[0] for each in found] == [
        f"{where}[0].expression",
        f"{where}[1].expression",
        f"{where}[1].name",
        f"{where}[2].expression",
        f"{where}[2].name",
        f"{where}[3].expression",
        f"{where}[3].name",
        f"{where}[4].expression",
    ]
    assert found[1] == f"{where}[1].expression: Invalid value: \"'text'\": must evaluate to bool but got string"
    assert found[2] == f'{where}[1].name: Duplicate value: "a"'
    assert "undeclared reference to 'params'" in found[3]
    assert found[5:7] == [f"{where}[3].expression: Required value", f"{where}[3].name: Required value"]
    assert "undeclared reference to 'variables'" in found[7]
    many = [{"name": f"c{index}", "expression": "true"} for index in range(65)]
    assert await refusals.of(matchConditions=many) == [f"{where}: Too many: 65: must have at most 64 items"]
