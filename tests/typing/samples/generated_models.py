"""Generated models as users fill and read them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import reveal_type

from kubex.k8s.v1_35.apps.v1 import Deployment
from kubex.k8s.v1_35.coordination.v1 import Lease, LeaseSpec
from kubex.k8s.v1_35.core.v1 import Container, ContainerPort, Pod, PodSpec, Secret, Service, ServicePort, ServiceSpec
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.micro_time import MicroTime

pod = Pod(
    metadata=ObjectMetadata(name="web-0", labels={"app": "web"}),
    spec=PodSpec(containers=[Container(name="web", image="shop/web:1", ports=[ContainerPort(container_port=80)])]),
)
reveal_type(pod.metadata)  # R: ObjectMetadata
reveal_type(pod.api_version)  # R: str
reveal_type(pod.metadata.creation_timestamp)  # R: datetime | None
reveal_type(pod.status.phase if pod.status else None)  # R: str | None
if pod.spec is not None:
    reveal_type(pod.spec.containers[0].image)  # R: str | None
    reveal_type(pod.spec.containers[0].ports)  # R: list[ContainerPort] | None
if pod.status is not None:
    reveal_type(pod.status.pod_ip)  # R: str | None
print(pod.spec.containers)  # E: mypy[union-attr] pyright[reportOptionalMemberAccess]
print(pod.no_such_field)  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
Pod(podIP="x")  # E: mypy[call-arg] pyright[reportCallIssue]
PodSpec()  # E: mypy[call-arg] pyright[reportCallIssue]
Container(name=5)  # E: mypy[arg-type] pyright[reportArgumentType]

ServiceSpec(ports=[ServicePort(port=80, target_port="http"), ServicePort(port=81, target_port=8081)])
ServicePort(port=80, target_port=1.5)  # E: mypy[arg-type] pyright[reportArgumentType]
reveal_type(Service().spec)  # R: ServiceSpec | None
reveal_type(Secret(data={"a": b"b"}).data)  # R: dict[str, bytes] | None

LeaseSpec(renew_time=MicroTime.now(UTC))
LeaseSpec(renew_time=datetime.now(UTC))  # E: mypy[arg-type] pyright[reportArgumentType]
reveal_type(MicroTime.of(datetime.now(UTC)))  # R: MicroTime
reveal_type(Lease.model_validate({}))  # R: Lease

reveal_type(Deployment.__RESOURCE_CONFIG__)  # R: ResourceConfig[Deployment]
reveal_type(Deployment.__RESOURCE_CONFIG__.list_model)  # R: type[ListEntity[Deployment]]
