"""A pod with servers in the cluster of KUBECONFIG: run by `python -m testbed run`, which ends with this program."""

from __future__ import annotations

import os
import uuid

import anyio

from benchmarks.peer import Measures, PeerWorkload, serve
from kubex.api import Api
from kubex.client import create_client
from kubex.core.exceptions import NotFound
from kubex.k8s.v1_35.core.v1 import Container, Namespace, Pod, PodSpec, ServiceAccount
from kubex_core.models.metadata import ObjectMetadata

_PATIENCE = 120  # seconds
_FILE = "/tmp/data"
_DOWN, _UP = 7000, 7001
# The last one says when it has all, so that a sender knows it. dd's blocks are those of pipes: head takes single bytes.
_SCRIPT = """
dd if=/dev/urandom of={file} bs=65536 count={blocks}
nc -ll -p {down} -e cat {file} &
nc -ll -p {up} -e sh -c 'dd of=/dev/null bs=65536 count={blocks} iflag=fullblock 2> /dev/null; echo done' &
touch /ready
trap exit TERM
wait
"""


class ServingPod(PeerWorkload):
    """Starts the pod, and tells where it is."""

    async def prepare(self) -> object:
        namespace, name = f"benchmark-{uuid.uuid4().hex[:8]}", "streams"
        script = _SCRIPT.format(file=_FILE, blocks=self.parameters["size"] // 65536, down=_DOWN, up=_UP)
        container = Container(
            name="main", image="localhost/busybox:1", image_pull_policy="Never", command=["sh", "-c", script]
        )
        async with await create_client() as client:
            await Api(Namespace, client).create(Namespace(metadata=ObjectMetadata(name=namespace)))
            pods, accounts = Api(Pod, client, namespace=namespace), Api(ServiceAccount, client, namespace=namespace)
            with anyio.fail_after(_PATIENCE):
                while await accounts.get_or_none("default") is None:  # noqa: ASYNC110
                    await anyio.sleep(0.05)
                spec = PodSpec(containers=[container], termination_grace_period_seconds=0)
                await pods.create(Pod(metadata=ObjectMetadata(name=name), spec=spec))
                while not await _is_ready(pods, name):  # noqa: ASYNC110
                    await anyio.sleep(0.1)
            digest = (await pods.exec.run(name, command=["sha256sum", _FILE])).stdout.split()[0].decode()
        return {
            "kubeconfig": os.environ["KUBECONFIG"],
            "namespace": namespace,
            "pod": name,
            "file": _FILE,
            "digest": digest,
            "down_port": _DOWN,
            "up_port": _UP,
        }

    async def round(self) -> Measures:
        return {}


async def _is_ready(pods: Api[Pod], name: str) -> bool:
    pod = await pods.get(name)
    if pod.status is None or pod.status.phase != "Running":
        return False
    try:
        return (await pods.exec.run(name, command=["ls", "/ready"])).exit_code == 0
    except NotFound:
        return False


if __name__ == "__main__":
    serve({"pod": ServingPod})
