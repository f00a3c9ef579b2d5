from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import anyio.lowlevel
import pytest

from kubex.api import Api, _pod_watch
from kubex.api._pod_watch import PodWatch
from kubex.core.exceptions import Forbidden, KubexException, NotFound, PortForwardError
from kubex.core.request import Request
from kubex.core.response import Response
from tests.unit.api.spdy_peer import PATIENCE, SpdyPeer
from tests.unit.api.test_portforward import Box
from tests.unit.api.websocket_stub import WebSocketClient

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]

BOX = b'{"apiVersion":"v1","kind":"Box","metadata":{"name":"a","resourceVersion":"7"}}'
CHANGED = f'{{"type":"MODIFIED","object":{BOX.decode()}}}'
DELETED = f'{{"type":"DELETED","object":{BOX.decode()}}}'


@pytest.fixture(autouse=True)
def without_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pod_watch, "_DELAY", 0.0)


class PodClient(WebSocketClient):
    """Gives what a test says to the reads and watches of the pod."""

    def __init__(self, *reads: bytes | KubexException, watches: tuple[tuple[str, ...], ...] = ()) -> None:
        super().__init__(SpdyPeer(), SpdyPeer())
        self.reads = list(reads)
        self.watches = list(watches)
        self.watched: list[Request] = []
        self.never_ending = False
        self.more = anyio.Event()

    async def request(self, request: Request) -> Response:
        await anyio.lowlevel.checkpoint()
        answer = self.reads.pop(0)
        if isinstance(answer, KubexException):
            raise answer
        return Response(answer, {}, 200)

    async def stream_lines(self, request: Request) -> AsyncIterator[str]:
        self.watched.append(request)
        for line in self.watches.pop(0):
            yield line
        if self.never_ending:
            await self.more.wait()
            yield DELETED


def watch(client: PodClient) -> PodWatch:
    return PodWatch(client, Api(Box, client, namespace="shop").request_builder, "a", "shop")


async def test_a_deletion_is_seen_over_many_watches() -> None:
    client = PodClient(BOX, BOX, watches=((CHANGED,), (CHANGED, DELETED)))
    assert await watch(client).wait_for_deletion()
    assert len(client.watched) == 2
    assert dict(client.watched[0].query) == {
        "watch": "true",
        "fieldSelector": "metadata.name=a",
        "resourceVersion": "7",
    }


@pytest.mark.parametrize(("error", "outcome"), [(NotFound("gone"), True), (Forbidden("not for you"), False)])
async def test_what_an_error_means(error: KubexException, outcome: bool) -> None:
    assert await watch(PodClient(error)).wait_for_deletion() is outcome


async def test_a_stub_without_requests_can_tell_nothing() -> None:
    client = WebSocketClient()
    pod_watch = PodWatch(client, Api(Box, client, namespace="shop").request_builder, "a", "shop")
    assert await pod_watch.wait_for_deletion() is False


async def test_many_wait_on_one_watch_and_another_takes_over() -> None:
    client = PodClient(BOX, BOX, watches=((CHANGED,), (CHANGED,)))
    client.never_ending = True
    pod_watch = watch(client)
    outcomes: list[bool] = []
    first = anyio.CancelScope()

    async def wait(scope: anyio.CancelScope) -> None:
        with scope:
            outcomes.append(await pod_watch.wait_for_deletion())

    async with anyio.create_task_group() as tasks:
        for scope in (first, anyio.CancelScope(), anyio.CancelScope()):
            tasks.start_soon(wait, scope)
            await anyio.wait_all_tasks_blocked()
        first.cancel()
        await anyio.wait_all_tasks_blocked()
        client.more.set()
    assert outcomes == [True, True]
    assert len(client.watched) == 2


async def test_connections_to_a_pod_that_is_deleted_break() -> None:
    client = PodClient(BOX, watches=((),))
    client.never_ending = True
    async with Api(Box, client, namespace="shop").portforward.open("a", 80) as stream:
        client.more.set()
        with anyio.fail_after(PATIENCE), pytest.raises(PortForwardError, match="port 80: the pod was deleted"):
            await stream.receive()
