"""LimitRanges: what pods are given that say nothing, and which pods and claims are refused, in the server's words."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, Answer, ask, create_when_ready

pytestmark = pytest.mark.anyio

Object = dict[str, Any]


class Namespace:
    """A namespace, and what is tried in it.

    Args:
        client: of the cluster.
        name: of the namespace.
    """

    def __init__(self, client: BaseClient, name: str) -> None:
        self._client = client
        self.path = f"/api/v1/namespaces/{name}"

    async def limit(self, *limits: Object, name: str = "limits") -> None:
        """Create a LimitRange, and wait until it is in force: a real server sees it a moment later."""
        body = {"metadata": {"name": name}, "spec": {"limits": [*limits, PROBED]}}
        assert (await ask(self._client, "POST", f"{self.path}/limitranges", body)).code == 201
        probe = {"metadata": {"name": "probe"}, "spec": claim("1Ki")}
        with anyio.fail_after(30):
            while True:
                if (await self._try("persistentvolumeclaims", probe)).code == 403:
                    return
                await anyio.sleep(0.05)

    async def pod(self, *containers: Object, init: list[Object] | None = None) -> Answer:
        """Try a pod, and give the answer."""
        spec = {"containers": list(containers), "initContainers": init or []}
        return await self._try("pods", {"metadata": {"name": "a"}, "spec": spec})

    async def why(self, *containers: Object, init: list[Object] | None = None) -> str:
        """Give why a pod is refused."""
        answer = await self.pod(*containers, init=init)
        assert (answer.code, answer.body["reason"]) == (403, "Forbidden"), answer.body
        assert answer.body["details"] == {"name": "a", "kind": "pods"}
        return answer.message.removeprefix('pods "a" is forbidden: ')

    async def _try(self, plural: str, body: Object) -> Answer:
        return await create_when_ready(self._client, f"{self.path}/{plural}", body, dryRun="All")


PROBED: Object = {"type": "PersistentVolumeClaim", "min": {"storage": "1Mi"}, "max": {"storage": "1Gi"}}


def claim(storage: str | None) -> Object:
    requests = {"storage": storage} if storage else {}
    return {"accessModes": ["ReadWriteOnce"], "storageClassName": "none", "resources": {"requests": requests}}


def container(name: str = "c", limits: Object | None = None, **requests: str) -> Object:
    resources = {part: given for part, given in (("requests", requests), ("limits", limits)) if given}
    return {"name": name, "image": "example.com/none:1", "resources": resources}


async def test_what_a_container_does_not_say_is_filled_in(client: BaseClient, namespace: str) -> None:
    tried = Namespace(client, namespace)
    await tried.limit(
        {"type": "Container", "default": {"cpu": "2", "memory": "1Gi"}, "defaultRequest": {"cpu": "500m"}},
        name="a",
    )
    answer = await tried.pod(
        container("c"), container("d", cpu="1", memory="10Mi"), init=[container("i", {"cpu": "3"})]
    )
    assert answer.code == 201, answer.body
    spec = answer.body["spec"]
    assert [each["resources"] for each in spec["containers"]] == [
        {"limits": {"cpu": "2", "memory": "1Gi"}, "requests": {"cpu": "500m", "memory": "1Gi"}},
        {"limits": {"cpu": "2", "memory": "1Gi"}, "requests": {"cpu": "1", "memory": "10Mi"}},
    ]
    assert [each["resources"] for each in spec["initContainers"]] == [
        {"limits": {"cpu": "3", "memory": "1Gi"}, "requests": {"cpu": "3", "memory": "1Gi"}}
    ]
    assert answer.body["metadata"]["annotations"]["kubernetes.io/limit-ranger"] == (
        "LimitRanger plugin set: cpu, memory request for container c; cpu, memory limit for container c; "
        "cpu, memory limit for container d; memory request for init container i; memory limit for init container i"
    )
    assert answer.body["status"]["qosClass"] == "Burstable"


async def test_containers_that_ask_for_too_little_or_too_much(client: BaseClient, namespace: str) -> None:
    tried = Namespace(client, namespace)
    await tried.limit(
        {"type": "Container", "min": {"cpu": "100m"}, "max": {"cpu": "2"}, "maxLimitRequestRatio": {"cpu": "4"}}
    )
    least, most = "minimum cpu usage per Container is 100m", "maximum cpu usage per Container is 2"
    ratio = "cpu max limit to request ratio per Container is 4"
    assert await tried.why(container(limits={"cpu": "200m"}, cpu="50m")) == f"{least}, but request is 50m"
    assert await tried.why(container(limits={"cpu": "3"}, cpu="1")) == f"{most}, but limit is 3"
    assert await tried.why(container(limits={"cpu": "1"}, cpu="150m")) == f"{ratio}, but provided ratio is 6.666667"
    both = await tried.why(container("c", {"cpu": "3"}, cpu="1"), container("d", {"cpu": "0.2"}, cpu="0.05"))
    assert both == f"[{most}, but limit is 3, {least}, but request is 50m]"
    early = await tried.why(container("c", {"cpu": "1"}, cpu="1"), init=[container("i", {"cpu": "5"}, cpu="4")])
    assert early == f"{most}, but limit is 5"
    assert (await tried.pod(container())).code == 201, "the bounds are its defaults"


async def test_pods_that_ask_for_too_little_or_too_much_in_all(client: BaseClient, namespace: str) -> None:
    tried = Namespace(client, namespace)
    await tried.limit({"type": "Pod", "min": {"memory": "1Gi"}, "max": {"memory": "4Gi"}})
    least, most = "minimum memory usage per Pod is 1Gi", "maximum memory usage per Pod is 4Gi"
    nothing = f"[{least}.  No request is specified, {most}.  No limit is specified]"
    assert await tried.why(container()) == nothing
    assert await tried.why(container(limits={"memory": "512Mi"})) == f"{least}, but request is 512Mi"
    large = [container(name, {"memory": "3Gi"}, memory="1Gi") for name in "cd"]
    assert await tried.why(*large) == f"{most}, but limit is 6Gi"
    assert (await tried.pod(large[0], init=[container("i", {"memory": "4Gi"}, memory="3Gi")])).code == 201
    sidecar = {**container("i", {"memory": "2Gi"}, memory="2Gi"), "restartPolicy": "Always"}
    assert await tried.why(large[0], init=[sidecar]) == f"{most}, but limit is 5Gi"


async def test_pods_are_told_of_their_containers_and_of_the_whole(client: BaseClient, namespace: str) -> None:
    tried = Namespace(client, namespace)
    whole = {"type": "Pod", "max": {"cpu": "1500m"}, "maxLimitRequestRatio": {"memory": "2"}}
    await tried.limit({"type": "Container", "max": {"cpu": "1"}}, whole)
    of_container = "maximum cpu usage per Container is 1, but limit is 2"
    of_pod = "maximum cpu usage per Pod is 1500m, but limit is 2"
    ratio = "memory max limit to request ratio per Pod is 2, but no request is specified or request is 0"
    assert await tried.why(container(limits={"cpu": "2", "memory": "1Gi"})) == f"[{of_container}, {of_pod}]"
    assert await tried.why(container()) == ratio


async def test_claims_that_ask_for_too_little_or_too_much(client: BaseClient, namespace: str) -> None:
    tried = Namespace(client, namespace)
    await tried.limit()
    claims = f"{tried.path}/persistentvolumeclaims"

    async def why(storage: str) -> str:
        answer = await ask(client, "POST", claims, {"metadata": {"name": "a"}, "spec": claim(storage)})
        assert answer.code == 403, answer.body
        return answer.message.removeprefix('persistentvolumeclaims "a" is forbidden: ')

    assert await why("1Ki") == "minimum storage usage per PersistentVolumeClaim is 1Mi, but request is 1Ki"
    assert await why("2Gi") == "maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 2Gi"
    assert (await ask(client, "POST", claims, {"metadata": {"name": "a"}, "spec": claim("1Gi")})).code == 201
    labels = {"metadata": {"labels": {"a": "b"}}}
    assert (await ask(client, "PATCH", f"{claims}/a", labels, MERGE)).code == 200
