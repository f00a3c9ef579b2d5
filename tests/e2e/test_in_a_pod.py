"""A program in a pod, which finds its cluster and its credentials by itself."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from kubex.api import Api
from kubex.client.base import BaseClient
from kubex.k8s.v1_35.core.v1 import ConfigMap, Container, EnvVar, Pod
from kubex.k8s.v1_35.rbac.v1 import Role, RoleBinding
from tests.cluster import Transport
from tests.e2e.pods import IMAGE, in_phase, pod, until

pytestmark = pytest.mark.anyio

PROJECT = Path(__file__).resolve().parents[2]
PROGRAM = PROJECT / "tests" / "e2e" / "programs" / "in_a_pod.py"


def folders() -> list[Path]:
    """Give what Python, its libraries and the project are made of on this machine, none inside another."""
    system = [Path(name) for name in ("/lib", "/lib64", "/usr") if Path(name).is_dir()]
    own = [Path(sys.base_prefix), Path(sys.prefix), PROJECT / "src", PROGRAM.parent]
    found: list[Path] = []
    for folder in [*system, *own]:
        if not any(folder.is_relative_to(other) for other in found):
            found.append(folder)
    return found


def running_python(library: str, loop: str, client: BaseClient) -> Pod:
    """A pod on the machine's network, with the machine's Python."""
    server = urlsplit(client.configuration.base_url)
    container = Container(
        name="main",
        image=IMAGE,
        image_pull_policy="Never",
        command=[sys.executable, str(PROGRAM), library, loop],
        env=[
            # There is no kube-proxy, which would lead the service's address to the server.
            EnvVar(name="KUBERNETES_SERVICE_HOST", value=server.hostname),
            EnvVar(name="KUBERNETES_SERVICE_PORT", value=str(server.port)),
            EnvVar(name="PYTHONDONTWRITEBYTECODE", value="1"),
        ],
    )
    made = pod("client", container).model_dump(mode="json")
    made["spec"]["hostNetwork"] = True
    mounts = [(f"folder-{number}", str(folder)) for number, folder in enumerate(folders())]
    made["spec"]["volumes"] = [{"name": name, "hostPath": {"path": path, "type": "Directory"}} for name, path in mounts]
    made["spec"]["containers"][0]["volumeMounts"] = [
        {"name": name, "mountPath": path, "readOnly": True} for name, path in mounts
    ]
    return Pod.model_validate(made)


async def let_in(client: BaseClient, namespace: str) -> None:
    rules = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "watch", "create", "patch"]}]
    role = Role.model_validate({"metadata": {"name": "pods"}, "rules": rules})
    await Api(Role, client, namespace=namespace).create(role)
    await Api(RoleBinding, client, namespace=namespace).create(
        RoleBinding.model_validate(
            {
                "metadata": {"name": "pods"},
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "pods"},
                "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": namespace}],
            }
        )
    )


async def test_a_program_in_a_pod(client: BaseClient, namespace: str, transport: Transport) -> None:
    await let_in(client, namespace)
    pods = Api(Pod, client, namespace=namespace)
    await pods.create(running_python(transport.library.value, transport.loop, client))
    ended = await until(pods, "client", in_phase("Succeeded", "Failed"))
    printed = await pods.logs.get("client")
    assert ended.status is not None
    assert ended.status.phase == "Succeeded", printed
    seen = json.loads(printed)
    user = f"system:serviceaccount:{namespace}:default"
    assert seen["user"] == user
    assert seen["events"] == ["ADDED", "MODIFIED"]
    assert user in seen["refusal"]
    assert (await Api(ConfigMap, client, namespace=namespace).get("from-the-pod")).data == {"x": "2"}
