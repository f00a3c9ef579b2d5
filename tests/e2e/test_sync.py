"""Programs without `await`, on a real server and kubelet."""

from __future__ import annotations

import socket
from pathlib import Path

import anyio.to_thread
import pytest

from kubex import conditions
from kubex.client.base import BaseClient
from kubex.k8s.v1_35.core.v1 import Pod
from kubex.sync import Api, Informer, create_client, wait_for
from tests.e2e.workbench import Workbench

pytestmark = pytest.mark.anyio


async def test_a_script_talks_to_a_pod(client: BaseClient, workbench: Workbench, tmp_path: Path) -> None:
    """In a thread of its own: an event loop runs already, as in a notebook."""

    def script() -> None:
        with create_client(client.configuration) as blocking:
            pods = Api(Pod, blocking, namespace=workbench.namespace)
            assert wait_for(pods, workbench.name, conditions.pod_ready, timeout=60).metadata.name == workbench.name
            with Informer(pods) as cache:
                cache.wait_synced(timeout=30)
                assert cache.get(workbench.name) is not None
            result = pods.exec.run(
                workbench.name, command=["sh", "-c", "cat; exit 3"], container="main", stdin=b"hello"
            )
            assert (result.stdout, result.exit_code) == (b"hello", 3)
            with pods.exec.stream(workbench.name, command=["cat"], container="main", stdin=True) as session:
                session.stdin.write(b"a" * 200_000)
                session.close_stdin()
                assert sum(map(len, session.stdout)) == 200_000
                session.wait_for_status()
                assert session.exit_code == 0
            (tmp_path / "file").write_bytes(b"content")
            pods.copy.to_pod(workbench.name, tmp_path / "file", "/tmp/file", container="main")
            pods.copy.from_pod(workbench.name, "/tmp/file", tmp_path / "back", container="main")
            assert (tmp_path / "back").read_bytes() == b"content"
            assert pods.logs.get(workbench.name, container="main", tail_lines=0) == ""

    await anyio.to_thread.run_sync(script)


async def test_a_script_forwards_ports(client: BaseClient, workbench: Workbench) -> None:
    # It answers one connection after the other, and is there before the command ends.
    echo = "nc -ll -p 7000 -e cat > /dev/null 2>&1 & until echo | nc 127.0.0.1 7000 > /dev/null; do sleep 0.1; done"

    def script() -> None:
        with create_client(client.configuration) as blocking:
            pods = Api(Pod, blocking, namespace=workbench.namespace)
            pods.exec.run(workbench.name, command=["sh", "-c", echo], container="main")
            with pods.portforward.open(workbench.name, 7000) as stream:
                stream.send(b"ping")
                assert stream.receive() == b"ping"
            with (
                pods.portforward.serve(workbench.name, ports=[7000]) as local,
                socket.create_connection(("127.0.0.1", local[7000]), timeout=30) as connection,
            ):
                connection.sendall(b"pong")
                assert connection.recv(4) == b"pong"

    await anyio.to_thread.run_sync(script)
