"""Ask a Redis in a pod, without a local port: the connection is a stream of bytes for whatever protocol one speaks.

`python examples/ask_redis.py POD COMMAND…`, such as `python examples/ask_redis.py db-0 GET colour`. A driver that only
takes a host and a port gets one by `pods.portforward.serve(pod, ports=[6379])`.
"""

from __future__ import annotations

import sys

import anyio
from anyio.abc import ByteStream
from anyio.streams.buffered import BufferedByteReceiveStream

import kubex
from kubex.client.base import BaseClient
from kubex.k8s.v1_35.core.v1 import Pod

PORT = 6379


class RedisError(Exception):
    """What Redis says of a command that it refuses."""


async def ask(stream: ByteStream, *command: str) -> bytes | None:
    """Send a command, and give its answer where that is one value.

    https://redis.io/docs/latest/develop/reference/protocol-spec/
    """
    words = [word.encode() for word in command]
    await stream.send(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
    answer = BufferedByteReceiveStream(stream)
    line = await answer.receive_until(b"\r\n", 65536)
    kind, rest = line[:1], line[1:]
    if kind == b"-":
        raise RedisError(rest.decode())
    if kind != b"$":
        return rest
    size = int(rest)
    return None if size < 0 else (await answer.receive_exactly(size + 2))[:size]


async def ask_pod(client: BaseClient, pod: str, *command: str, port: int = PORT) -> bytes | None:
    """Connect to a pod's Redis, and ask it."""
    pods = kubex.Api(Pod, client, namespace=client.configuration.namespace)
    async with pods.portforward.open(pod, port) as stream:
        return await ask(stream, *command)


async def main(pod: str, command: list[str]) -> None:
    async with await kubex.create_client() as client:
        answer = await ask_pod(client, pod, *command)
        print("(nil)" if answer is None else answer.decode(errors="replace"))


if __name__ == "__main__":
    pod, *command = sys.argv[1:]
    anyio.run(main, pod, command)
