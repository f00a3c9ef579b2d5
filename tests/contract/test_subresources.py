"""Subresources that need no node: status, scale, token, eviction, binding, approval, finalize, others by name."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kubex.api import Api
from kubex.client.base import BaseClient
from kubex.core.exceptions import Conflict, NotFound
from kubex.core.patch import MergePatch
from kubex.k8s.v1_35.apps.v1 import Deployment
from kubex.k8s.v1_35.authentication.v1 import TokenRequest, TokenRequestSpec
from kubex.k8s.v1_35.certificates.v1 import (
    CertificateSigningRequest,
    CertificateSigningRequestCondition,
    CertificateSigningRequestSpec,
    CertificateSigningRequestStatus,
)
from kubex.k8s.v1_35.core.v1 import Binding, Container, Namespace, ObjectReference, Pod, PodSpec, ServiceAccount
from kubex_core.models.eviction import Eviction
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.scale import Scale
from kubex_core.models.status import Status
from tests.contract.answers import MERGE, ask, create_when_ready
from tests.contract.test_objects import deployment

pytestmark = pytest.mark.anyio


def unscheduled_pod(name: str, **labels: str) -> Pod:
    """A pod that no scheduler takes."""
    return Pod(
        metadata=ObjectMetadata(name=name, labels=labels or None),
        spec=PodSpec(scheduler_name="none", containers=[Container(name="main", image="example.com/none:1")]),
    )


async def test_scale(client: BaseClient, namespace: str) -> None:
    api = Api(Deployment, client, namespace=namespace)
    await api.create(deployment("web"))
    scale = await api.scale.get("web")
    assert isinstance(scale, Scale)
    assert scale.spec is not None
    scale.spec.replicas = 2
    # A controller may have written the Deployment's status since.
    scale.metadata.resource_version = None
    assert (await api.scale.replace("web", scale)).spec == scale.spec
    patched = await api.scale.patch("web", MergePatch({"spec": {"replicas": 0}}))
    assert patched.spec is not None
    # Zero is the type's default in Go, where it is not written.
    assert not patched.spec.replicas
    changed = await api.get("web")
    assert changed.spec is not None
    assert changed.spec.replicas == 0


async def test_status(client: BaseClient, namespace: str) -> None:
    api = Api(Pod, client, namespace=namespace)
    await api.create(unscheduled_pod("idle"))
    patched = await api.status.patch("idle", MergePatch({"status": {"message": "looked at"}}))
    assert patched.status is not None
    assert patched.status.message == "looked at"
    read = await api.status.get("idle")
    assert read.status is not None
    read.status.message = "looked at twice"
    replaced = await api.status.replace("idle", read)
    assert replaced.status is not None
    assert replaced.status.message == "looked at twice"


async def test_token(client: BaseClient, namespace: str) -> None:
    api = Api(ServiceAccount, client, namespace=namespace)
    await api.create(ServiceAccount(metadata=ObjectMetadata(name="builder")))
    answer = await api.token.create(
        "builder", TokenRequest(spec=TokenRequestSpec(audiences=["vault"], expiration_seconds=600))
    )
    assert answer.status is not None
    assert answer.status.token.count(".") == 2
    with pytest.raises(NotFound):
        await api.token.create("nobody", TokenRequest(spec=TokenRequestSpec(audiences=[])))


async def test_eviction(client: BaseClient, namespace: str) -> None:
    pods = Api(Pod, client, namespace=namespace)
    await pods.create(unscheduled_pod("one"))
    status = await pods.eviction.create("one", Eviction())
    assert isinstance(status, Status)
    assert status.status == "Success"
    with pytest.raises(NotFound):
        await pods.get("one")


async def test_binding(client: BaseClient, namespace: str) -> None:
    pods = Api(Pod, client, namespace=namespace)
    await pods.create(unscheduled_pod("placed"))
    binding = Binding(metadata=ObjectMetadata(name="placed"), target=ObjectReference(kind="Node", name="node-7"))
    status = await pods.binding.create("placed", binding)
    assert status.status == "Success"
    placed = await pods.get("placed")
    assert placed.spec is not None
    assert placed.spec.node_name == "node-7"
    with pytest.raises(Conflict):
        await pods.binding.create("placed", binding)
    await pods.delete("placed", grace_period_seconds=0)


async def test_approval(client: BaseClient) -> None:
    api = Api(CertificateSigningRequest, client)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "someone")])
    signed = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    request = signed.public_bytes(serialization.Encoding.PEM)
    created = await api.create(
        CertificateSigningRequest(
            metadata=ObjectMetadata(generate_name="kubex-"),
            spec=CertificateSigningRequestSpec(
                request=request, signer_name="example.com/signer", usages=["client auth"]
            ),
        )
    )
    name = created.metadata.name
    assert name is not None
    try:
        created.status = CertificateSigningRequestStatus(
            conditions=[CertificateSigningRequestCondition(type="Approved", status="True", reason="Test")]
        )
        approved = await api.approval.replace(name, created)
        assert approved.status is not None
        assert [condition.type for condition in approved.status.conditions or ()] == ["Approved"]
        assert (await api.approval.get(name)).metadata.name == name
    finally:
        await api.delete(name)


async def test_finalize(client: BaseClient, namespace: str) -> None:
    api = Api(Namespace, client)
    read = await api.get(namespace)
    finalized = await api.finalize.replace(namespace, read)
    assert finalized.metadata.name == namespace


async def test_any_subresource_by_name(client: BaseClient, namespace: str) -> None:
    api = Api(Deployment, client, namespace=namespace)
    await api.create(deployment("web"))
    scales = api.subresource("scale", Scale)
    assert (await scales.get("web")).metadata.name == "web"
    patched = await scales.patch("web", MergePatch({"spec": {"replicas": 1}}))
    assert patched.spec is not None
    assert patched.spec.replicas == 1


@pytest.mark.parametrize("call", ["GET log", "POST exec?command=ls", "POST attach", "POST portforward?ports=80"])
async def test_a_pod_on_a_node_that_there_is_not(client: BaseClient, namespace: str, call: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/pods"
    spec = {"nodeName": "nowhere", "containers": [{"name": "a", "image": "example.com/none:1"}]}
    await ask(client, "POST", path, {"metadata": {"name": "lost"}, "spec": spec})
    method, _, subresource = call.partition(" ")
    refused = await ask(client, method, f"{path}/lost/{subresource}")
    assert (refused.code, refused.message) == (404, 'pods "nowhere" not found')


async def test_where_nothing_can_be_posted(client: BaseClient, namespace: str) -> None:
    root = f"/api/v1/namespaces/{namespace}"
    target = {"target": {"kind": "Node", "name": "n"}}
    posts: dict[str, dict[str, Any]] = {
        "bindings": target,
        "pods/x/binding": target,
        "pods/x/eviction": {"apiVersion": "policy/v1", "kind": "Eviction"},
        "serviceaccounts/x/token": {"spec": {}},
    }

    async def messages(root: str, **metadata: str) -> list[tuple[int, str]]:
        named = {"metadata": {"name": "x", **metadata}}
        answers = [await ask(client, "POST", f"{root}/{place}", {**named, **body}) for place, body in posts.items()]
        return [(answer.code, answer.message) for answer in answers]

    other = "the namespace of the provided object does not match the namespace sent on the request"
    assert await messages(root, namespace="other") == [(400, other)] * 4
    missing = f'namespaces "{namespace}-none" not found'
    assert await messages(f"{root}-none") == [(404, missing)] * 4
    unnamed = await ask(client, "POST", f"{root}/bindings", {"metadata": {}, "target": {"name": "n"}})
    assert (unnamed.code, unnamed.message) == (400, "Name parameter required.")
    token = await ask(client, "POST", f"{root}/serviceaccounts/x/token", {"metadata": {"name": "y"}, "spec": {}})
    why = 'metadata.name: Invalid value: "y": must match the service account name if specified'
    assert (token.code, token.message) == (422, f'TokenRequest.authentication.k8s.io "x" is invalid: {why}')


async def test_nothing_can_be_posted_in_a_namespace_that_ends(client: BaseClient, namespace: str) -> None:
    namespace = f"{namespace}-ends"
    assert (await ask(client, "POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})).code == 201
    root, target = f"/api/v1/namespaces/{namespace}", {"target": {"kind": "Node", "name": "n"}}
    posts: dict[str, dict[str, Any]] = {"bindings": target, "pods/x/binding": target, "serviceaccounts/x/token": {}}

    held = {"metadata": {"name": "held", "finalizers": ["example.com/held"]}}
    assert (await ask(client, "POST", f"{root}/configmaps", held)).code == 201
    await ask(client, "DELETE", root)
    with anyio.fail_after(30):
        while True:
            answers = [
                await ask(client, "POST", f"{root}/{place}", {"metadata": {"name": "x"}, **body})
                for place, body in posts.items()
            ]
            if all(answer.code == 403 for answer in answers):
                break
            await anyio.sleep(0.1)  # a real server learns of the deletion a moment later
    ending = f"unable to create new content in namespace {namespace} because it is being terminated"
    kinds = ("bindings", "pods", "serviceaccounts")
    assert [answer.message for answer in answers] == [f'{kind} "x" is forbidden: {ending}' for kind in kinds]
    await ask(client, "PATCH", f"{root}/configmaps/held", {"metadata": {"finalizers": None}}, MERGE)


CRON_JOB = {
    "schedule": "@daily",
    "suspend": True,
    "jobTemplate": {
        "spec": {
            "template": {
                "spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "example.com/none:1"}]}
            }
        }
    },
}
CLAIM = {"accessModes": ["ReadWriteOnce"], "storageClassName": "none", "resources": {"requests": {"storage": "1Gi"}}}


@pytest.mark.parametrize(
    ("collection", "spec", "times", "finalizer_times"),
    [
        ("/apis/batch/v1/namespaces/{}/cronjobs", CRON_JOB, (3, 2), (1, 0)),
        ("/api/v1/namespaces/{}/persistentvolumeclaims", CLAIM, (4, 3), (2, 1)),
    ],
)
async def test_how_often_metadata_is_checked_with_a_status(
    client: BaseClient,
    namespace: str,
    collection: str,
    spec: dict[str, Any],
    times: tuple[int, int],
    finalizer_times: tuple[int, int],
) -> None:
    path = collection.format(namespace)
    assert (await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": spec})).code == 201
    for subresource, count, finalizer_count in zip(("", "/status"), times, finalizer_times, strict=True):
        for metadata, expected in (
            ({"annotations": {"-": "x"}}, count),
            ({"finalizers": ["bad"]}, finalizer_count),
            ({"labels": {"a": "-"}}, count),
        ):
            answer = await ask(client, "PATCH", f"{path}/a{subresource}", {"metadata": metadata}, MERGE, dryRun="All")
            causes: list[Any] = answer.body.get("details", {}).get("causes", []) if answer.code != 200 else []
            assert len(causes) == expected, (subresource, answer)


@pytest.mark.parametrize("subresource", ["ephemeralcontainers", "resize"])
async def test_changes_of_containers_leave_metadata_alone(client: BaseClient, namespace: str, subresource: str) -> None:
    await Api(Pod, client, namespace=namespace).create(unscheduled_pod("idle", a="b"))
    path = f"/api/v1/namespaces/{namespace}/pods/idle"
    given = {"labels": {"a": "c", "d": "-"}, "annotations": {"e": "f"}, "finalizers": ["bad"]}
    answer = await ask(client, "PATCH", f"{path}/{subresource}", {"metadata": given}, MERGE)
    assert answer.code == 200, answer.body
    metadata = (await ask(client, "GET", path)).body["metadata"]
    assert (metadata["labels"], metadata.get("annotations"), metadata.get("finalizers")) == ({"a": "b"}, None, None)


async def test_ephemeral_containers_are_looked_at(client: BaseClient, namespace: str) -> None:
    await Api(Pod, client, namespace=namespace).create(unscheduled_pod("idle"))
    path = f"/api/v1/namespaces/{namespace}/pods/idle/ephemeralcontainers"
    first: dict[str, Any] = {"name": "first", "image": "example.com/none:1"}

    async def put(*containers: dict[str, Any]) -> list[str]:
        answer = await ask(client, "PATCH", path, {"spec": {"ephemeralContainers": containers}}, MERGE)
        causes = answer.body.get("details", {}).get("causes", [])
        return [f"{each['field'].removeprefix('spec.ephemeralContainers')}: {each['message']}" for each in causes]

    refused = "Forbidden: cannot be set for an Ephemeral Container"
    assert await put({**first, "name": "main"}) == ['[0].name: Duplicate value: "main"']
    assert sorted(await put(first, {"name": "first"})) == [
        "[1].image: Required value",
        '[1].name: Duplicate value: "first"',
    ]
    assert await put({**first, "targetContainerName": "no"}) == ['[0].targetContainerName: Not found: "no"']
    assert await put({**first, "resources": {"limits": {"cpu": "1"}}}) == [f"[0].resources: {refused}"]
    assert await put({**first, "lifecycle": {"preStop": {"sleep": {"seconds": 1}}}}) == [f"[0].lifecycle: {refused}"]
    assert await put({**first, "targetContainerName": "main"}) == []
    (changed,) = await put({**first, "targetContainerName": "main", "image": "example.com/none:2"})
    assert changed.startswith(': Forbidden: existing ephemeral containers "first" may not be changed')
    assert await put() == [': Forbidden: existing ephemeral containers "first" may not be removed\n']


@pytest.mark.parametrize(
    ("resources", "causes"),
    [
        ({"requests": {"cpu": "2", "memory": "1Gi"}}, []),
        (
            {"requests": {"memory": "1Gi"}},
            ["spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed"],
        ),
        (
            {"requests": {"cpu": "1"}, "limits": {"cpu": "1", "memory": "1Gi"}},
            ['spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing'],
        ),
        (
            {"requests": {"cpu": "1", "ephemeral-storage": "1"}},
            ["spec: Forbidden: only cpu and memory resources are mutable"],
        ),
    ],
)
async def test_what_a_resize_may_change(
    client: BaseClient, namespace: str, resources: dict[str, Any], causes: list[str]
) -> None:
    pods = f"/api/v1/namespaces/{namespace}/pods"
    container = {"name": "main", "image": "example.com/none:1", "resources": {"requests": {"cpu": "1"}}}
    spec = {"schedulerName": "none", "containers": [container]}
    assert (await create_when_ready(client, pods, {"metadata": {"name": "a"}, "spec": spec})).code == 201
    changed = {"spec": {"containers": [{**container, "resources": resources}]}}
    answer = await ask(client, "PATCH", f"{pods}/a/resize", changed, MERGE)
    found = [f"{each['field']}: {each['message']}" for each in answer.body.get("details", {}).get("causes", [])]
    assert (answer.code, found) == (422 if causes else 200, causes)


INIT = {"name": "before", "image": "example.com/none:1", "resources": {"requests": {"cpu": "1"}}}
SIDECAR = {**INIT, "name": "beside", "restartPolicy": "Always"}
MAIN = {
    "name": "main",
    "image": "example.com/none:1",
    "resources": {"requests": {"cpu": "1", "ephemeral-storage": "1"}},
}
TWICE = {"requests": {"cpu": "2", "ephemeral-storage": "1"}}
ONLY_RESIZABLE = "spec: Forbidden: only cpu and memory resources are mutable"


@pytest.mark.parametrize(
    ("init_containers", "containers", "causes"),
    [
        ([INIT, {**SIDECAR, "resources": {"requests": {"cpu": "2"}}}], [MAIN], []),
        ([INIT, SIDECAR], [{**MAIN, "image": "example.com/none:2", "resources": TWICE}], []),
        (
            [{**INIT, "resources": {"requests": {"cpu": "2"}}}, SIDECAR],
            [MAIN],
            ["spec: Forbidden: resources for non-sidecar init containers are immutable"],
        ),
        (
            [INIT, {**SIDECAR, "resources": {"requests": {"cpu": "1", "ephemeral-storage": "1"}}}],
            [MAIN],
            ["spec: Forbidden: only cpu and memory resources for sidecar containers are mutable"],
        ),
        (
            [INIT, {**SIDECAR, "resources": {}}],
            [{**MAIN, "resources": {"requests": {"cpu": "1"}}}],
            [
                "spec.initContainers[1].resources.requests: Forbidden: resource requests cannot be removed",
                "spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed",
                ONLY_RESIZABLE,
            ],
        ),
        (
            [INIT, SIDECAR],
            [{**MAIN, "resizePolicy": [{"resourceName": "cpu", "restartPolicy": "RestartContainer"}]}],
            [ONLY_RESIZABLE],
        ),
        (
            [SIDECAR],
            [{**MAIN, "name": "other"}],
            [
                "spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize",
                "spec.initContainers: Forbidden: initContainers may not be added or removed on resize",
            ],
        ),
    ],
)
async def test_a_resize_is_of_the_containers_that_there_are(
    client: BaseClient,
    namespace: str,
    init_containers: list[dict[str, Any]],
    containers: list[dict[str, Any]],
    causes: list[str],
) -> None:
    pods = f"/api/v1/namespaces/{namespace}/pods"
    spec = {"schedulerName": "none", "initContainers": [INIT, SIDECAR], "containers": [MAIN]}
    assert (await create_when_ready(client, pods, {"metadata": {"name": "a"}, "spec": spec})).code == 201
    changed = {"spec": {"initContainers": init_containers, "containers": containers}}
    answer = await ask(client, "PATCH", f"{pods}/a/resize", changed, MERGE)
    found = [f"{each['field']}: {each['message']}" for each in answer.body.get("details", {}).get("causes", [])]
    assert (answer.code, found) == (422 if causes else 200, causes)
    if not causes:
        assert answer.body["spec"]["containers"][0]["image"] == MAIN["image"]
