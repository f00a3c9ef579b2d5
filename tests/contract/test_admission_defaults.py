"""What new objects get of others: a default class, and what a pod's account, priority class and runtime have for it."""

from __future__ import annotations

import warnings
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, Answer, ask, create_when_ready

pytestmark = pytest.mark.anyio

Spec = dict[str, Any]

STORAGE = "/apis/storage.k8s.io/v1/storageclasses"
INGRESSES = "/apis/networking.k8s.io/v1/ingressclasses"
PRIORITIES = "/apis/scheduling.k8s.io/v1/priorityclasses"
RUNTIMES = "/apis/node.k8s.io/v1/runtimeclasses"
REQUESTS = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
BACKEND = {"defaultBackend": {"service": {"name": "a", "port": {"number": 80}}}}
_TRIES = 100


@asynccontextmanager
async def existing(client: BaseClient, path: str, body: dict[str, Any]) -> AsyncGenerator[str]:
    """Have an object of the whole cluster for a moment, whatever another test that runs meanwhile has."""
    answer = await tried(lambda: ask(client, "POST", path, body), lambda answer: answer.code == 201)
    assert answer.code == 201, answer
    try:
        yield f"{path}/{body['metadata']['name']}"
    finally:
        await ask(client, "DELETE", f"{path}/{body['metadata']['name']}")


async def tried(send: Callable[[], Awaitable[Answer]], is_expected: Callable[[Answer], bool]) -> Answer:
    """Send a request until it is answered as expected, or for good otherwise: a server sees classes some time later."""
    answer = await send()
    for _ in range(_TRIES):
        if is_expected(answer):
            break
        await anyio.sleep(0.05)
        answer = await send()
    return answer


async def new_spec(client: BaseClient, path: str, spec: Spec, annotations: dict[str, str] | None = None) -> Spec:
    """Give what a new object would have in its spec."""
    body = {"metadata": {"name": "a", "annotations": annotations or {}}, "spec": spec}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the old ways to name a class are deprecated
        answer = await create_when_ready(client, path, body, dryRun="All")
    assert answer.code == 201, answer
    found: Spec = answer.body["spec"]
    return found


async def refusal(client: BaseClient, path: str, body: dict[str, Any]) -> str:
    """Give why something is forbidden."""
    answer = await create_when_ready(client, path, body, dryRun="All")
    assert answer.code == 403, answer
    return answer.message.partition(" is forbidden: ")[2]


def pods(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/pods"


def pod(**spec: Any) -> Spec:
    return {"schedulerName": "nobody", "containers": [{"name": "a", "image": "example.com/none:1"}], **spec}


def named(spec: Spec) -> dict[str, Any]:
    return {"metadata": {"name": "p"}, "spec": spec}


@pytest.mark.filterwarnings("ignore:annotation .kubernetes.io/ingress.class. is deprecated")
@pytest.mark.parametrize(
    ("classes", "body", "mark", "path", "spec", "annotation", "field"),
    [
        (
            STORAGE,
            {"provisioner": "example.com/none"},
            "storageclass.kubernetes.io/is-default-class",
            "/api/v1/namespaces/{}/persistentvolumeclaims",
            REQUESTS,
            "volume.beta.kubernetes.io/storage-class",
            "storageClassName",
        ),
        (
            INGRESSES,
            {"spec": {"controller": "example.com/none"}},
            "ingressclass.kubernetes.io/is-default-class",
            "/apis/networking.k8s.io/v1/namespaces/{}/ingresses",
            BACKEND,
            "kubernetes.io/ingress.class",
            "ingressClassName",
        ),
    ],
    ids=["storage", "ingress"],
)
async def test_the_newest_default_class_is_taken(
    client: BaseClient,
    namespace: str,
    classes: str,
    body: dict[str, Any],
    mark: str,
    path: str,
    spec: Spec,
    annotation: str,
    field: str,
) -> None:
    path = path.format(namespace)

    def marked(name: str, value: str = "true") -> dict[str, Any]:
        return {"metadata": {"name": f"{name}-{namespace}", "annotations": {mark: value}}, **body}

    async def given() -> Answer:
        return await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": spec}, dryRun="All")

    async with (
        existing(client, classes, marked("z")),
        existing(client, classes, marked("a")),
        existing(client, classes, marked("0", "false")),
    ):
        newest = f"a-{namespace}"  # or of the same second, and then the first by name
        found = await tried(given, lambda answer: answer.body["spec"].get(field) == newest)
        assert found.body["spec"].get(field) == newest
        assert (await new_spec(client, path, {**spec, field: "other"}))[field] == "other"
        assert field not in await new_spec(client, path, spec, {annotation: "other"})


async def test_a_claim_may_be_of_no_class(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims"
    assert (await new_spec(client, path, {**REQUESTS, "storageClassName": ""}))["storageClassName"] == ""


async def test_pods_have_of_their_account(client: BaseClient, namespace: str) -> None:
    secrets = [{"name": "one"}, {"name": "two"}]
    account = {"metadata": {"name": "b"}, "imagePullSecrets": secrets, "automountServiceAccountToken": False}
    await ask(client, "POST", f"/api/v1/namespaces/{namespace}/serviceaccounts", account)

    async def spec_of(**given: Any) -> Spec:
        return await new_spec(client, pods(namespace), pod(serviceAccountName="b", **given))

    spec = await spec_of()
    assert spec["imagePullSecrets"] == secrets
    assert "volumes" not in spec
    assert "automountServiceAccountToken" not in spec
    spec = await spec_of(imagePullSecrets=[{"name": "own"}], automountServiceAccountToken=True)
    assert spec["imagePullSecrets"] == [{"name": "own"}]
    assert len(spec["volumes"]) == 1


async def test_a_priority_is_that_of_its_class(client: BaseClient, namespace: str) -> None:
    name = f"p-{namespace}"
    differs = "the integer value of priority (8) must not be provided in pod spec; priority admission controller"
    async with existing(client, PRIORITIES, {"metadata": {"name": name}, "value": 7}):

        async def given() -> Answer:
            body = named(pod(priorityClassName=name, priority=7))
            return await create_when_ready(client, pods(namespace), body, dryRun="All")

        assert (await tried(given, lambda answer: answer.code == 201)).body["spec"]["priority"] == 7
        why = await refusal(client, pods(namespace), named(pod(priorityClassName=name, priority=8)))
        assert why == f"{differs} computed 7 from the given PriorityClass name"
    assert (await new_spec(client, pods(namespace), pod(priority=0)))["priority"] == 0
    why = await refusal(client, pods(namespace), named(pod(priority=8)))
    assert why == f"{differs} computed 0 from the given PriorityClass name"


async def test_one_priority_class_is_the_default(client: BaseClient, namespace: str) -> None:
    def default(name: str, **more: Any) -> dict[str, Any]:
        return {"metadata": {"name": f"{name}-{namespace}"}, "value": 0, **more}

    async def second() -> Answer:
        return await ask(client, "POST", PRIORITIES, default("b", globalDefault=True), dryRun="All")

    async with (
        existing(client, PRIORITIES, default("c")) as other,
        existing(client, PRIORITIES, default("a", globalDefault=True)) as first,
    ):
        why = f"PriorityClass a-{namespace} is already marked as default. Only one default can exist"
        refused = await tried(second, lambda answer: answer.code == 403)
        assert refused.code == 403
        assert refused.message == f'priorityclasses.scheduling.k8s.io "b-{namespace}" is forbidden: {why}'
        refused = await ask(client, "PATCH", other, {"globalDefault": True}, MERGE)
        assert (refused.code, refused.message.endswith(why)) == (403, True)
        assert (await ask(client, "PATCH", first, {"description": "x"}, MERGE)).code == 200


@pytest.mark.parametrize(
    ("name", "more", "why"),
    [
        ("system-a", {"value": 5}, "system-a is not a known system priority class"),
        ("system-node-critical", {"value": 5}, "value of system-node-critical PriorityClass must be 2000001000"),
        (
            "system-cluster-critical",
            {"value": 2000000000, "globalDefault": True},
            "globalDefault of system-cluster-critical PriorityClass must be false",
        ),
    ],
)
async def test_priority_classes_of_the_system(client: BaseClient, name: str, more: dict[str, Any], why: str) -> None:
    refused = await ask(client, "POST", PRIORITIES, {"metadata": {"name": name}, **more}, dryRun="All")
    reserved = "priority class names with 'system-' prefix are reserved for system use only. error: "
    assert refused.code == 422
    assert refused.message.partition("is invalid: ")[2] == f"metadata.name: Forbidden: {reserved}{why}"


async def test_pods_have_of_their_runtime(client: BaseClient, namespace: str) -> None:
    name = f"r-{namespace}"
    includes = {"key": "k", "operator": "Exists"}
    scheduling = {"nodeSelector": {"a": "b"}, "tolerations": [includes]}
    overhead = {"podFixed": {"cpu": "100m"}}
    body = {"metadata": {"name": name}, "handler": "x", "overhead": overhead, "scheduling": scheduling}

    def running(**spec: Any) -> Spec:
        return pod(runtimeClassName=name, **spec)

    async with existing(client, RUNTIMES, body):
        included = {"key": "k", "operator": "Equal", "value": "v", "effect": "NoSchedule"}
        spec = await new_spec(client, pods(namespace), running(nodeSelector={"c": "d"}, tolerations=[included]))
        assert (spec["overhead"], spec["nodeSelector"]) == ({"cpu": "100m"}, {"a": "b", "c": "d"})
        assert [each["key"].rpartition("/")[2] for each in spec["tolerations"]] == ["not-ready", "unreachable", "k"]
        assert spec["tolerations"][-1] == includes
        wider = {"operator": "Exists"}
        spec = await new_spec(client, pods(namespace), running(overhead={"cpu": "0.1"}, tolerations=[wider]))
        assert (spec["overhead"], spec["tolerations"]) == ({"cpu": "100m"}, [wider])
        why = await refusal(client, pods(namespace), named(running(overhead={"cpu": "1"})))
        assert why == "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"
        why = await refusal(client, pods(namespace), named(running(nodeSelector={"a": "c"})))
        assert why == "conflict: runtimeClass.scheduling.nodeSelector[a] = b; pod.spec.nodeSelector[a] = c"


async def test_an_overhead_that_no_runtime_has(client: BaseClient, namespace: str) -> None:
    name = f"r-{namespace}"
    async with existing(client, RUNTIMES, {"metadata": {"name": name}, "handler": "x"}):
        for spec in (pod(runtimeClassName=name, overhead={"cpu": "1"}), pod(overhead={"cpu": "1"})):
            why = await refusal(client, pods(namespace), named(spec))
            assert why == "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"
