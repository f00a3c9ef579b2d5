"""Accessors where the resource carries their marker."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import reveal_type

from pydantic import BaseModel

from kubex.api import Api
from kubex.client import BaseClient
from kubex.core.patch import MergePatch
from kubex.k8s.v1_35.apps.v1 import Deployment
from kubex.k8s.v1_35.authentication.v1 import TokenRequest, TokenRequestSpec
from kubex.k8s.v1_35.certificates.v1 import CertificateSigningRequest
from kubex.k8s.v1_35.core.v1 import Binding, ConfigMap, Namespace, ObjectReference, Pod, ServiceAccount
from kubex_core.models.eviction import Eviction
from kubex_core.models.scale import Scale


class State(BaseModel):
    ready: bool


async def of_pods(client: BaseClient) -> None:
    pods = Api(Pod, client, namespace="shop")
    reveal_type(await pods.logs.get("web-0", container="web", tail_lines=5))  # R: str
    await pods.logs.get("web-0", since_time=datetime.now(UTC))
    await pods.logs.get("web-0", since_time="now")  # E: mypy[arg-type] pyright[reportArgumentType]
    async for line in pods.logs.stream("web-0"):
        reveal_type(line)  # R: str
    reveal_type(await pods.status.get("web-0"))  # R: Pod
    reveal_type(await pods.eviction.create("web-0", Eviction()))  # R: Status
    reveal_type(await pods.ephemeral_containers.get("web-0"))  # R: Pod
    reveal_type(await pods.resize.patch("web-0", MergePatch({})))  # R: Pod
    async with pods.portforward.open("web-0", 80) as stream:
        reveal_type(stream)  # R: PortForwardStream
        reveal_type(await stream.receive())  # R: bytes
    async with pods.portforward.forward("web-0", ports=[80]) as forwarder:
        reveal_type(forwarder)  # R: PortForwarder
        reveal_type(forwarder.streams[80])  # R: PortForwardStream
        reveal_type(forwarder.port_data_truncated[80])  # R: bool
        async for text in forwarder.errors[80]:
            reveal_type(text)  # R: str
    async with pods.portforward.listen("web-0", port_map={80: 8080}) as nothing:
        reveal_type(nothing)  # R: None
    async with pods.portforward.serve("web-0", ports=[80], local_host="::1") as local:
        reveal_type(local[80])  # R: int
    to_node = Binding(target=ObjectReference(name="node-0"))
    reveal_type(await pods.binding.create("web-0", to_node))  # R: Status


async def of_containers(client: BaseClient) -> None:
    pods = Api(Pod, client, namespace="shop")
    result = await pods.exec.run("web-0", command=["ls", "-l"], container="web", stdin=b"x", request_timeout=5)
    reveal_type(result)  # R: ExecResult
    reveal_type(result.stdout)  # R: bytes
    reveal_type(result.status)  # R: Status | None
    reveal_type(result.exit_code)  # R: int | None
    async with pods.exec.stream("web-0", command=("sh",), stdin=True, tty=True) as session:
        reveal_type(session)  # R: StreamSession
        await session.stdin.write(b"exit\n")
        await session.resize(width=80, height=24)
        await session.close_stdin()
        async for chunk in session.stdout:
            reveal_type(chunk)  # R: bytes
        reveal_type(await session.wait_for_status())  # R: Status | None
        reveal_type(session.stderr_truncated)  # R: bool
    async with pods.attach.stream("web-0", container="web", stdin=True) as attached:
        reveal_type(attached)  # R: StreamSession
        async for chunk in attached.stderr:
            reveal_type(chunk)  # R: bytes
    reveal_type(await pods.copy.to_pod("web-0", "a", "/b", container="web", progress=print))  # R: None
    reveal_type(await pods.copy.from_pod("web-0", "/b", Path("a")))  # R: None
    await pods.copy.to_pod("web-0", Path("a"), PurePosixPath("/b"))
    await pods.copy.to_pod("web-0", "a", 5)  # E: mypy[arg-type] pyright[reportArgumentType]
    await pods.exec.run("web-0")  # E: mypy[call-arg] pyright[reportCallIssue]
    await pods.exec.run("web-0", ["ls"])  # E: mypy[call-arg] pyright[reportCallIssue]


async def of_deployments(client: BaseClient) -> None:
    deployments = Api(Deployment, client, namespace="shop")
    scale = await deployments.scale.get("web")
    reveal_type(scale)  # R: Scale
    reveal_type(scale.spec.replicas if scale.spec else 0)  # R: int | None
    reveal_type(await deployments.scale.patch("web", MergePatch({"spec": {"replicas": 2}})))  # R: Scale
    reveal_type(await deployments.scale.replace("web", Scale()))  # R: Scale
    reveal_type(await deployments.status.replace("web", await deployments.get("web")))  # R: Deployment


async def of_others(client: BaseClient) -> None:
    reveal_type(await Api(CertificateSigningRequest, client).approval.get("a"))  # R: CertificateSigningRequest
    reveal_type(await Api(Namespace, client).finalize.replace("a", Namespace()))  # R: Namespace
    accounts = Api(ServiceAccount, client, namespace="shop")
    token_request = TokenRequest(spec=TokenRequestSpec(audiences=["vault"]))
    reveal_type(await accounts.token.create("builder", token_request))  # R: TokenRequest
    reveal_type(accounts.subresource("token", TokenRequest))  # R: SubresourceAccessor[TokenRequest]
    reveal_type(await accounts.subresource("state", State).get("builder"))  # R: State
    accounts.subresource("state", str)  # E: mypy[type-var] pyright[reportArgumentType]


async def metadata_of_every_resource(client: BaseClient) -> None:
    maps = Api(ConfigMap, client, namespace="shop")
    reveal_type(await maps.metadata.get("a"))  # R: PartialObjectMetadata
    reveal_type(await maps.metadata.list())  # R: ListEntity[PartialObjectMetadata]
    reveal_type(await maps.metadata.patch("a", MergePatch({})))  # R: PartialObjectMetadata
    async for event in maps.metadata.watch():
        reveal_type(event)  # R: WatchEvent[PartialObjectMetadata]
