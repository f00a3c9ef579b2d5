"""The blocking Api: the same types without `await`."""

from __future__ import annotations

from typing import reveal_type

from kubex import conditions
from kubex.k8s.v1_35.apps.v1 import Deployment
from kubex.k8s.v1_35.core.v1 import ConfigMap, Pod
from kubex.sync import Api, Client, Informer, configure_from_kubeconfig, dynamic_api, wait_for


def of_calls(client: Client, maps: Api[ConfigMap]) -> None:
    pods = Api(Pod, client, namespace="shop")
    reveal_type(pods)  # R: Api[Pod]
    reveal_type(pods.get("web-0"))  # R: Pod
    reveal_type(pods.get_or_none("web-0"))  # R: Pod | None
    reveal_type(pods.list())  # R: ListEntity[Pod]
    for event in pods.watch():
        reveal_type(event)  # R: WatchEvent[Pod]
    for pod in pods.iterate():
        reveal_type(pod)  # R: Pod
    reveal_type(pods.logs.get("web-0"))  # R: str
    for line in pods.logs.stream("web-0"):
        reveal_type(line)  # R: str
    reveal_type(pods.status.get("web-0"))  # R: Pod
    reveal_type(pods.exec.run("web-0", command=["ls"]).exit_code)  # R: int | None
    with pods.exec.stream("web-0", command=["sh"], stdin=True) as session:
        reveal_type(session)  # R: StreamSession
        for chunk in session.stdout:
            reveal_type(chunk)  # R: bytes
    with pods.portforward.serve("web-0", ports=[80]) as local:
        reveal_type(local[80])  # R: int
    with pods.portforward.open("web-0", 80) as stream:
        reveal_type(stream.receive())  # R: bytes
    reveal_type(Api(Deployment, client).scale.get("web").spec)  # R: ScaleSpec | None
    maps.logs.get("a")  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]


def of_functions(client: Client, pods: Api[Pod], maps: Api[ConfigMap]) -> None:
    reveal_type(dynamic_api(client, "v1", "Pod"))  # R: Api[DynamicObject]
    reveal_type(wait_for(pods, "web-0", conditions.pod_ready, timeout=1))  # R: Pod
    reveal_type(wait_for(pods, "web-0", conditions.deleted, timeout=1))  # R: Pod | None
    pod = conditions.pod_ready
    wait_for(maps, "a", pod, timeout=1)  # E: mypy[arg-type] pyright[reportCallIssue,reportArgumentType]
    reveal_type(configure_from_kubeconfig(use_context="staging"))  # R: ClientConfiguration
    with Informer(pods) as cache:
        reveal_type(cache)  # R: Informer[Pod]
        reveal_type(cache.get("web-0"))  # R: Pod | None
