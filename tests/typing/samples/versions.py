"""The models of every version that comes with kubex, side by side in one program."""

from __future__ import annotations

from typing import reveal_type

from kubex.k8s.v1_32.apps.v1 import Deployment as Deployment32
from kubex.k8s.v1_32.core.v1 import Pod as Pod32
from kubex.k8s.v1_33.apps.v1 import Deployment as Deployment33
from kubex.k8s.v1_33.core.v1 import Pod as Pod33
from kubex.k8s.v1_34.apps.v1 import Deployment as Deployment34
from kubex.k8s.v1_34.core.v1 import Pod as Pod34
from kubex.k8s.v1_35.apps.v1 import Deployment as Deployment35
from kubex.k8s.v1_35.core.v1 import Pod as Pod35
from kubex.k8s.v1_36.apps.v1 import Deployment as Deployment36
from kubex.k8s.v1_36.core.v1 import Pod as Pod36
from kubex.k8s.v1_37.apps.v1 import Deployment as Deployment37
from kubex.k8s.v1_37.core.v1 import Pod as Pod37
from kubex_core.models.metadata import ObjectMetadata

pod_32 = Pod32(metadata=ObjectMetadata(name="web-0"))
reveal_type(pod_32)  # R: Pod
reveal_type(pod_32.status.phase if pod_32.status else None)  # R: str | None
reveal_type(Deployment32.__RESOURCE_CONFIG__)  # R: ResourceConfig[Deployment]
Deployment32(no_such_field=1)  # E: mypy[call-arg] pyright[reportCallIssue]
pod_33 = Pod33(metadata=ObjectMetadata(name="web-0"))
reveal_type(pod_33)  # R: Pod
reveal_type(pod_33.status.phase if pod_33.status else None)  # R: str | None
reveal_type(Deployment33.__RESOURCE_CONFIG__)  # R: ResourceConfig[Deployment]
Deployment33(no_such_field=1)  # E: mypy[call-arg] pyright[reportCallIssue]
pod_34 = Pod34(metadata=ObjectMetadata(name="web-0"))
reveal_type(pod_34)  # R: Pod
reveal_type(pod_34.status.phase if pod_34.status else None)  # R: str | None
reveal_type(Deployment34.__RESOURCE_CONFIG__)  # R: ResourceConfig[Deployment]
Deployment34(no_such_field=1)  # E: mypy[call-arg] pyright[reportCallIssue]
pod_35 = Pod35(metadata=ObjectMetadata(name="web-0"))
reveal_type(pod_35)  # R: Pod
reveal_type(pod_35.status.phase if pod_35.status else None)  # R: str | None
reveal_type(Deployment35.__RESOURCE_CONFIG__)  # R: ResourceConfig[Deployment]
Deployment35(no_such_field=1)  # E: mypy[call-arg] pyright[reportCallIssue]
pod_36 = Pod36(metadata=ObjectMetadata(name="web-0"))
reveal_type(pod_36)  # R: Pod
reveal_type(pod_36.status.phase if pod_36.status else None)  # R: str | None
reveal_type(Deployment36.__RESOURCE_CONFIG__)  # R: ResourceConfig[Deployment]
Deployment36(no_such_field=1)  # E: mypy[call-arg] pyright[reportCallIssue]
pod_37 = Pod37(metadata=ObjectMetadata(name="web-0"))
reveal_type(pod_37)  # R: Pod
reveal_type(pod_37.status.phase if pod_37.status else None)  # R: str | None
reveal_type(Deployment37.__RESOURCE_CONFIG__)  # R: ResourceConfig[Deployment]
Deployment37(no_such_field=1)  # E: mypy[call-arg] pyright[reportCallIssue]

# What a version has and another lacks is known.
if pod_33.spec is not None:
    pod_33.spec.hostname_override = "web"  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
if pod_34.spec is not None:
    pod_34.spec.hostname_override = "web"
earlier: Pod36 = pod_37  # E: mypy[assignment] pyright[reportAssignmentType]
