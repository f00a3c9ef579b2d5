"""The one way from a request to its answer or its error, for every part of the API layer."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from typing import TypeVar, cast

from kubex.client.base import BaseClient
from kubex.core.codec import codec_for
from kubex.core.exceptions import InvalidResponse, InvalidType, error_from_status, status_of
from kubex.core.request import Request
from kubex.core.response import raise_for_status
from kubex.core.watch_event import EventType, WatchEvent, watch_event_decoder
from kubex_core.models.entity import Entity
from kubex_core.models.list_entity import ListEntity
from kubex_core.models.status import Status

__all__ = [
    "check_client",
    "close_iterator",
    "fetch",
    "fetch_list",
    "fetch_object",
    "fetch_object_with_body",
    "fetch_status",
    "status_or_list",
    "status_or_object",
    "stream_events",
    "stream_text",
]

T = TypeVar("T", bound=Entity)
M = TypeVar("M")


def check_client(client: object) -> None:
    """Refuse what is no client: one that was not awaited, or one of `kubex.sync`.

    Raises:
        InvalidType: that is so.
    """
    needed = "a client, as `await create_client()` gives it,"
    if not hasattr(client, "request"):
        raise InvalidType.of("client", needed, client)
    if isinstance(getattr(client, "asynchronous", None), BaseClient):
        raise InvalidType(f"client: {needed} is needed, and not one of kubex.sync: that is for kubex.sync.Api")


async def fetch(client: BaseClient, request: Request) -> bytes:
    """Send a request and give the body of its answer."""
    response = await client.request(request)
    if response.status_code >= 400:  # the clients raise by themselves; a stub may not
        raise_for_status(response, request)
    return response.content


async def fetch_object(client: BaseClient, request: Request, model: type[M]) -> M:
    """Send a request whose answer is an object.

    The busiest way of all: what `fetch` does stands here once more, as each coroutine in between has its price.
    """
    response = await client.request(request)
    if response.status_code >= 400:
        raise_for_status(response, request)
    return codec_for(model).decode(response.content, request.action)


async def fetch_object_with_body(client: BaseClient, request: Request, model: type[M]) -> tuple[M, bytes]:
    """Send a request whose answer is an object; gives the object, and the JSON that it was read from."""
    body = await fetch(client, request)
    return codec_for(model).decode(body, request.action), body


async def fetch_list(client: BaseClient, request: Request, model: type[T]) -> ListEntity[T]:
    """Send a request whose answer is a list."""
    return codec_for(model).decode_list(await fetch(client, request), request.action)


async def fetch_status(client: BaseClient, request: Request) -> Status:
    """Send a request whose answer says no more than how it went."""
    status = status_of(await fetch(client, request))
    if status is None:
        raise InvalidResponse(f"{request.described()}: the server's answer is not a Status")
    return status


async def status_or_object(client: BaseClient, request: Request, model: type[T]) -> Status | T:
    """Send a delete, which answers a Status, or the object where it is not gone yet."""
    body = await fetch(client, request)
    return status_of(body) or codec_for(model).decode(body, request.action)


async def status_or_list(client: BaseClient, request: Request, model: type[T]) -> Status | ListEntity[T]:
    """Send the delete of a collection, which answers a Status, or the objects it was about."""
    body = await fetch(client, request)
    return status_of(body) or codec_for(model).decode_list(body, request.action)


async def stream_events(client: BaseClient, request: Request, model: type[T]) -> AsyncGenerator[WatchEvent[T], None]:
    """Send a watch and give its events; an ERROR event is raised.

    This loop runs once for each event of a cluster: there is nothing in it but the decoder.
    """
    decode = watch_event_decoder(model).decode
    action = request.action
    lines = client.stream_byte_lines(request)
    try:
        async for line in lines:
            if not line:
                continue
            event = decode(line, action)
            if event.type is EventType.ERROR:
                raise error_from_status(cast("Status", cast("object", event.object)), action=action)
            yield event
    finally:
        await close_iterator(lines)


async def stream_text(client: BaseClient, request: Request) -> AsyncGenerator[str, None]:
    """Send a request whose answer is text, and give its lines as they come."""
    lines = client.stream_lines(request)
    try:
        async for line in lines:
            yield line
    finally:
        await close_iterator(lines)


async def close_iterator(lines: AsyncIterator[object]) -> None:
    """Close a client's stream now, and with it its connection; a stub's iterator need not be a generator."""
    close = getattr(lines, "aclose", None)
    if close is not None:
        await close()
