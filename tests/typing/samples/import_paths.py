"""Every documented way to a name leads to the same one."""

from __future__ import annotations

from typing import reveal_type

import kubex
import kubex.k8s.v1_35.core.v1
import kubex.k8s.v1_35.core.v1.pod
from kubex.api import Api
from kubex.client import ClientChoice, ClientChoise, create_client
from kubex.k8s.v1_35.apps.v1.deployment import Deployment
from kubex.k8s.v1_35.core.v1 import Pod
from kubex.k8s.v1_35.core.v1.pod import Pod as PodOfItsModule
from kubex_core.models import BaseEntity, ObjectMetadata, Scale
from kubex_core.models.base_entity import BaseEntity as BaseEntityOfItsModule

same_pod: type[Pod] = PodOfItsModule
same_pod_again: type[PodOfItsModule] = Pod
same_api: type[kubex.Api[Pod]] = Api[Pod]
same_base: type[BaseEntity] = BaseEntityOfItsModule
deployment: type[Deployment] = kubex.k8s.v1_35.core.v1.Pod  # E: mypy[assignment] pyright[reportAssignmentType]

reveal_type(Pod())  # R: Pod
reveal_type(kubex.k8s.v1_35.core.v1.pod.Pod())  # R: Pod
reveal_type(ObjectMetadata())  # R: ObjectMetadata
reveal_type(Scale())  # R: Scale
reveal_type(kubex.__version__)  # R: str


async def root() -> None:
    async with await kubex.create_client() as client:
        reveal_type(client)  # R: BaseClient
        reveal_type(kubex.Api(Pod, client, namespace="shop"))  # R: Api[Pod]
        reveal_type(await kubex.Api(Pod, client, namespace="shop").get("web-0"))  # R: Pod
        reveal_type(await kubex.create_api(Pod))  # R: Api[Pod]
    async with await create_client(client_class=ClientChoice.HTTPX, options=kubex.ClientOptions(timeout=5)) as client:
        reveal_type(client.options)  # R: ClientOptions
        reveal_type(client.configuration)  # R: ClientConfiguration
    await create_client(client_class=ClientChoise.AIOHTTP)
    try:
        await create_client()
    except kubex.KubexApiError as error:
        reveal_type(error.status)  # R: HTTPStatus | None
        reveal_type(error.content)  # R: Status | str
    print(kubex.NoSuchName)  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]


def names_that_are_not_there() -> None:
    from kubex import NoSuchApi  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    from kubex.client.httpx import NoSuchClient  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    from kubex.configuration import NoSuchConfig  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    from kubex.k8s.v1_35.core.v1 import NoSuchKind  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    from kubex_core.models import NoSuchModel  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]

    print(NoSuchApi, NoSuchClient, NoSuchConfig, NoSuchKind, NoSuchModel)  # E: pyright[reportUnknownArgumentType]
