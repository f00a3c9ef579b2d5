"""What a pod runs that works with its cluster: `in_a_pod.py LIBRARY LOOP`. It prints what it saw, as JSON."""

from __future__ import annotations

import json
import sys
from contextlib import aclosing

import anyio

from kubex.api import Api
from kubex.client import ClientChoice, create_client
from kubex.core.exceptions import Forbidden
from kubex.core.patch import MergePatch
from kubex.k8s.v1_35.authentication.v1 import SelfSubjectReview
from kubex.k8s.v1_35.core.v1 import ConfigMap, Secret
from kubex_core.models.metadata import ObjectMetadata


async def main(library: str) -> None:
    """Find the cluster, and read, write and watch in the pod's own namespace."""
    async with await create_client(client_class=ClientChoice(library)) as client:
        namespace = client.configuration.namespace
        assert namespace is not None
        review = await Api(SelfSubjectReview, client).create(SelfSubjectReview())
        assert review.status is not None
        assert review.status.user_info is not None
        maps = Api(ConfigMap, client, namespace=namespace)
        version = (await maps.list()).metadata.resource_version
        await maps.create(ConfigMap(metadata=ObjectMetadata(name="from-the-pod"), data={"x": "1"}))
        await maps.patch("from-the-pod", MergePatch({"data": {"x": "2"}}))
        events: list[str] = []
        async with aclosing(maps.watch(resource_version=version, timeout_seconds=30)) as stream:
            async for event in stream:
                events.append(str(event.type))
                if len(events) == 2:
                    break
        try:
            await Api(Secret, client, namespace=namespace).list()
            refusal = ""
        except Forbidden as error:
            refusal = str(error)
    print(json.dumps({"user": review.status.user_info.username, "events": events, "refusal": refusal}))


if __name__ == "__main__":
    anyio.run(main, sys.argv[1], backend=sys.argv[2])
