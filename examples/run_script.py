"""Run a local shell script in a container, and end with its exit code.

`python examples/run_script.py POD SCRIPT [CONTAINER]`, on the cluster and in the namespace of the kubeconfig file. What
the script writes comes while it runs.
"""

from __future__ import annotations

import sys

import anyio

import kubex
from kubex.client.base import BaseClient
from kubex.k8s.v1_35.core.v1 import Pod

NEVER_RAN = 126  # as a shell says it of what it can't run


async def run_script(client: BaseClient, pod: str, script: bytes, container: str | None = None) -> int:
    """Run a script by the container's shell, and give its exit code."""
    pods = kubex.Api(Pod, client, namespace=client.configuration.namespace)
    async with pods.exec.stream(pod, command=["sh", "-s"], container=container, stdin=True) as session:
        await session.stdin.write(script)
        await session.close_stdin()

        async def show_errors() -> None:
            async for piece in session.stderr:
                print(piece.decode(errors="replace"), end="", file=sys.stderr, flush=True)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(show_errors)
            async for piece in session.stdout:
                print(piece.decode(errors="replace"), end="", flush=True)
        status = await session.wait_for_status()
        if session.exit_code is None:
            print(f"it did not run: {status.message if status else 'nobody knows why'}", file=sys.stderr)
            return NEVER_RAN
        return session.exit_code


async def main(pod: str, path: str, container: str | None) -> int:
    script = await anyio.Path(path).read_bytes()
    async with await kubex.create_client() as client:
        return await run_script(client, pod, script, container)


if __name__ == "__main__":
    pod, path, *containers = sys.argv[1:]
    sys.exit(anyio.run(main, pod, path, containers[0] if containers else None))
