"""What servers make of AppArmor profiles that annotations of pods and templates name."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import ask_warned, causes

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

OF = "container.apparmor.security.beta.kubernetes.io/"
UNCONFINED, DEFAULT = {"type": "Unconfined"}, {"type": "RuntimeDefault"}
LOCAL = {"type": "Localhost", "localhostProfile": "p"}
TYPES = "apparmor type in annotation and field must match"


def old(name: str = "a") -> str:
    return f'metadata.annotations[{OF}{name}]: deprecated since v1.30; use the "appArmorProfile" field instead'


def container(name: str = "a", profile: Part | None = None) -> Part:
    return {
        "name": name,
        "image": "example.com/none:1",
        **({"securityContext": {"appArmorProfile": profile}} if profile else {}),
    }


def pod(annotations: dict[str, str], *containers: Part, whole: Part | None = None, **spec: Any) -> Part:
    own: Part = {"securityContext": {"appArmorProfile": whole}} if whole else {}
    spec = {"schedulerName": "nobody", "containers": list(containers) or [container()], **own, **spec}
    named = {f"{OF}{name}": text for name, text in annotations.items()}
    return {"metadata": {"name": "a", "labels": {"a": "b"}, "annotations": named}, "spec": spec}


@pytest.mark.parametrize(
    ("body", "profile", "told"),
    [
        (pod({}), None, []),
        (pod({"a": "unconfined"}), UNCONFINED, [old()]),
        (pod({"a": "runtime/default"}), DEFAULT, [old()]),
        (pod({"a": "localhost/p"}), LOCAL, [old()]),
        (pod({"a": "localhost/ p"}), None, [old()]),
        (pod({"a": "localhost/"}), None, [old()]),
        (pod({"a": ""}), None, [old()]),
        (pod({"a": "unconfined"}, container(profile=UNCONFINED)), UNCONFINED, []),
        (pod({"a": "localhost/p"}, whole=LOCAL), None, []),
        (pod({"a": "unconfined", "b": "localhost/p"}, initContainers=[container("b")]), UNCONFINED, [old("b"), old()]),
        (pod({"a": "unconfined"}, os={"name": "windows"}), None, []),
    ],
)
async def test_pods_get_the_profiles_that_annotations_name(
    client: BaseClient, namespace: str, body: Part, profile: Part | None, told: list[str]
) -> None:
    answer, warned = await ask_warned(client, "POST", f"/api/v1/namespaces/{namespace}/pods", body, dryRun="All")
    assert answer.code == 201, answer
    own = answer.body["spec"]["containers"][0].get("securityContext", {})
    assert (own.get("appArmorProfile"), warned) == (profile, told)
    assert answer.body["metadata"].get("annotations", {}) == body["metadata"]["annotations"]


async def test_templates_keep_what_they_say(client: BaseClient, namespace: str) -> None:
    template = pod({"a": "unconfined"})
    body = {"metadata": {"name": "a"}, "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": template}}
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    answer, warned = await ask_warned(client, "POST", path, body, dryRun="All")
    assert warned == [f"spec.template.{old()}"]
    assert "securityContext" not in answer.body["spec"]["template"]["spec"]["containers"][0]
    template["spec"]["containers"] = [container(profile=DEFAULT)]
    answer, warned = await ask_warned(client, "POST", path, body, dryRun="All")
    field = "spec.template.spec.containers[0].securityContext.appArmorProfile.type"
    assert (causes(answer), warned) == ([f"{field}: Forbidden: {TYPES}"], [])


@pytest.mark.parametrize(
    ("body", "refused", "told"),
    [
        (
            pod({"a": "p"}),
            [f'metadata.annotations[{OF}a]: Invalid value: "p": invalid AppArmor profile name: "p"'],
            [old()],
        ),
        (pod({"b": "unconfined"}), [f'metadata.annotations[{OF}b]: Invalid value: "b": container not found'], []),
        (
            pod({"a": "unconfined"}, whole={"type": "Localhost"}),
            [
                "spec.securityContext.appArmorProfile.localhostProfile: Required value: "
                "must be set when AppArmor type is Localhost"
            ],
            [old()],
        ),
        (
            pod({"a": "unconfined"}, container(profile=LOCAL)),
            [f"spec.containers[0].securityContext.appArmorProfile.type: Forbidden: {TYPES}"],
            [],
        ),
        (
            pod({"a": "localhost/q"}, container(profile=LOCAL)),
            [
                "spec.containers[0].securityContext.appArmorProfile.localhostProfile: Forbidden: "
                "apparmor profile in annotation and field must match"
            ],
            [],
        ),
        (
            pod({}, container(profile={**UNCONFINED, "localhostProfile": "p"})),
            [
                'spec.containers[0].securityContext.appArmorProfile.localhostProfile: Invalid value: "p": '
                "can only be set when AppArmor type is Localhost"
            ],
            [],
        ),
        (
            pod({}, container(profile={"type": "None"})),
            [
                'spec.containers[0].securityContext.appArmorProfile.type: Unsupported value: "None": '
                'supported values: "Localhost", "RuntimeDefault", "Unconfined"'
            ],
            [],
        ),
        (
            pod({}, container(profile={**LOCAL, "localhostProfile": " p"})),
            [
                'spec.containers[0].securityContext.appArmorProfile.localhostProfile: Invalid value: " p": '
                "must not be padded with whitespace"
            ],
            [],
        ),
    ],
)
async def test_profiles_that_can_be_none(
    client: BaseClient, namespace: str, body: Part, refused: list[str], told: list[str]
) -> None:
    answer, warned = await ask_warned(client, "POST", f"/api/v1/namespaces/{namespace}/pods", body, dryRun="All")
    assert (causes(answer), warned) == (refused, told)
