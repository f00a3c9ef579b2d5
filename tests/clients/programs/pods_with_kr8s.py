"""What kr8s does with a pod that answers: logs, exec and port-forward."""

from __future__ import annotations

import asyncio
import os

import kr8s
from kr8s.asyncio.objects import Pod

NAMESPACE, POD, PORT = os.environ["NAMESPACE"], os.environ["POD"], int(os.environ["PORT"])


async def main() -> None:
    api = await kr8s.asyncio.api(namespace=NAMESPACE)
    pod = await Pod.get(POD, namespace=NAMESPACE, api=api)
    async for line in pod.logs(container="main"):
        assert line == "first"
        break
    done = await pod.exec(["sh", "-c", "echo out; echo err >&2"], container="main")
    assert (done.stdout, done.stderr, done.returncode) == (b"out\n", b"err\n", 0)
    done = await pod.exec(["sh", "-c", "exit 3"], container="main", check=False)
    assert done.returncode == 3

    async with pod.portforward(remote_port=PORT) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        data = os.urandom(50_000)
        writer.write(data)
        assert await asyncio.wait_for(reader.readexactly(len(data)), 30) == data
        writer.close()
    print("done")


asyncio.run(main())
