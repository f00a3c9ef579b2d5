"""The manifests of a whole project, more than a hundred objects: applied again, broken in the middle, pruned."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from kubex.api import Api, dynamic_api
from kubex.client.base import BaseClient
from kubex.core.exceptions import KubexApiError
from kubex.k8s.v1_35.core.v1 import ConfigMap
from kubex.manifests import AppliedManifests, ManifestError, Outcome, apply_manifests, dump_manifests, parse_manifests
from tests.cluster import TRANSPORTS

# Every transport would send the same thousand requests.
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("transport", [TRANSPORTS["aiohttp-asyncio"]], indirect=True, ids=["aiohttp-asyncio"]),
]

Object = dict[str, Any]

SERVICES = [f"service-{number}" for number in range(9)]


def made(api_version: str, kind: str, name: str, project: str, **content: Any) -> Object:
    metadata = {"name": name, "labels": {"project": project}}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **content}


def of_service(name: str, project: str) -> list[Object]:
    """Give what one service of the project is made of, none of which runs anything."""
    labels = {"app": name}
    container = {
        "name": "main",
        "image": "localhost/busybox:1",
        "ports": [{"containerPort": 8080}],
        "resources": {"limits": {"cpu": "1", "memory": "1024Mi"}, "requests": {"cpu": "1000m"}},
        "env": [{"name": "ON", "value": "yes"}, {"name": "SECRET", "valueFrom": secret_key(name)}],
    }
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container], "serviceAccountName": name}}
    once = {"template": {"spec": {"containers": [container], "restartPolicy": "Never"}}, "suspend": True}
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
    backend = {"service": {"name": name, "port": {"number": 80}}}
    subject = {"kind": "ServiceAccount", "name": name}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name}
    selector = {"matchLabels": labels}

    def each(api_version: str, kind: str, **content: Any) -> Object:
        return made(api_version, kind, name, project, **content)

    return [
        each("v1", "ServiceAccount"),
        each("v1", "ConfigMap", data={"on": "true", "text": "a\nb\n"}),
        each("v1", "Secret", stringData={"token": "abc"}),
        each("rbac.authorization.k8s.io/v1", "Role", rules=rules),
        each("rbac.authorization.k8s.io/v1", "RoleBinding", roleRef=role, subjects=[subject]),
        each("v1", "Service", spec={"selector": labels, "ports": [{"port": 80, "targetPort": 8080}]}),
        each("apps/v1", "Deployment", spec={"replicas": 0, "selector": selector, "template": template}),
        each("batch/v1", "CronJob", spec={"schedule": "@daily", "suspend": True, "jobTemplate": {"spec": once}}),
        each("policy/v1", "PodDisruptionBudget", spec={"minAvailable": "50%", "selector": selector}),
        each("networking.k8s.io/v1", "NetworkPolicy", spec={"podSelector": {}, "ingress": [{"ports": [{"port": 80}]}]}),
        each("networking.k8s.io/v1", "Ingress", spec={"defaultBackend": backend}),
        each(f"{project}.example.com/v1", "Gadget", spec={"size": 1, "note": None}),
    ]


def secret_key(name: str) -> Object:
    return {"secretKeyRef": {"name": name, "key": "token"}}


def definition(project: str) -> Object:
    properties = {
        "size": {"type": "integer"},
        "colour": {"type": "string", "default": "red"},
        "note": {"type": "string", "nullable": True},
    }
    spec = {"type": "object", "properties": properties}
    schema = {"type": "object", "properties": {"spec": spec}}
    group = f"{project}.example.com"
    return made(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        f"gadgets.{group}",
        project,
        spec={
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": "Gadget", "plural": "gadgets"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
        },
    )


@pytest.fixture
async def project(client: BaseClient) -> AsyncIterator[str]:
    """A name for all that is the project's; what is outside of its namespace is deleted in the end."""
    name = f"project-{uuid.uuid4().hex[:8]}"
    yield name
    definitions = await dynamic_api(client, "apiextensions.k8s.io/v1", "CustomResourceDefinition")
    await definitions.delete_collection(label_selector=f"project={name}")


def manifests_of(project: str) -> list[Object]:
    """Give them as people have them: what belongs together stands together, in no helpful order."""
    found = [each for name in SERVICES for each in of_service(name, project)]
    return [*found, definition(project)]


async def test_a_project_is_applied_again_and_again(client: BaseClient, namespace: str, project: str) -> None:
    text = dump_manifests(manifests_of(project))

    async def apply(text: str, **options: Any) -> AppliedManifests:
        return await apply_manifests(client, parse_manifests(text), field_manager="bot", namespace=namespace, **options)

    first = await apply(text)
    first.check()
    assert len(first) == len(SERVICES) * 12 + 1 > 100
    assert {each.outcome for each in first} == {Outcome.CREATED}
    assert first[0].kind == "CustomResourceDefinition"

    second = await apply(text)
    assert [str(each) for each in second if each.outcome is not Outcome.UNCHANGED] == []
    assert len(second) == len(first)

    # One in the middle has a field that there is none of, another has changed, a third is gone.
    broken = manifests_of(project)
    deployment = next(
        each for each in broken if each["kind"] == "Deployment" and each["metadata"]["name"] == "service-4"
    )
    deployment["spec"]["replicsa"] = 3
    colours = next(each for each in broken if each["kind"] == "ConfigMap" and each["metadata"]["name"] == "service-6")
    colours["data"]["on"] = "false"
    broken = [each for each in broken if (each["kind"], each["metadata"]["name"]) != ("ConfigMap", "service-8")]
    third = await apply(dump_manifests(broken), prune=f"project={project}")
    (failed,) = third.failed
    assert (failed.kind, failed.name, failed.namespace) == ("Deployment", "service-4", namespace)
    assert isinstance(failed.error, KubexApiError)
    with pytest.raises(ManifestError, match=r'1 of \d+ objects failed:\nDeployment "service-4" .*replicsa'):
        third.check()
    rest = {each.name: each.outcome for each in third if each.outcome not in (Outcome.UNCHANGED, Outcome.FAILED)}
    assert rest == {"service-6": Outcome.CHANGED}
    config_maps = Api(ConfigMap, client, namespace=namespace)
    await config_maps.get("service-8")  # nothing is pruned where something failed

    deployment["spec"].pop("replicsa")
    fourth = await apply(dump_manifests(broken), prune=f"project={project}")
    fourth.check()
    told = [(each.kind, each.name, each.outcome) for each in fourth if each.outcome is not Outcome.UNCHANGED]
    assert told == [("ConfigMap", "service-8", Outcome.PRUNED)]
    assert await config_maps.get_or_none("service-8") is None

    # Nothing is left of the project but what it is told to keep.
    last = await apply(dump_manifests([definition(project)]), prune=f"project={project}")
    last.check()
    assert len(last) == len(fourth) - 1
    assert {each.outcome for each in last[1:]} == {Outcome.PRUNED}
