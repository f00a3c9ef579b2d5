"""Pages and iteration: continue tokens, and expired ones."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from kubex.api import Api
from kubex.core.exceptions import Gone, InvalidResponse
from tests.unit.api.resources import Widget
from tests.unit.api.stub import StubClient

pytestmark = pytest.mark.anyio


def page(*names: str, token: str | None = None) -> bytes:
    metadata: dict[str, Any] = {"resourceVersion": "1"}
    if token is not None:
        metadata["continue"] = token
    return msgspec.json.encode({"metadata": metadata, "items": [{"metadata": {"name": name}} for name in names]})


def expired(token: str | None = None) -> tuple[bytes, int]:
    metadata = {"continue": token} if token else {}
    return msgspec.json.encode({"kind": "Status", "code": 410, "reason": "Expired", "metadata": metadata}), 410


async def names_of(api: Api[Widget], **arguments: Any) -> list[str | None]:
    return [widget.metadata.name async for widget in api.iterate(**arguments)]


async def test_tokens_are_followed() -> None:
    client = StubClient(page("a", "b", token="t1"), page("c", token="t2"), page())
    api = Api(Widget, client, namespace="shop")
    assert await names_of(api, page_size=2, label_selector="x=y", resource_version="5") == ["a", "b", "c"]
    assert [dict(request.query) for request in client.requests] == [
        {"labelSelector": "x=y", "limit": "2", "resourceVersion": "5"},
        {"labelSelector": "x=y", "limit": "2", "continue": "t1"},
        {"labelSelector": "x=y", "limit": "2", "continue": "t2"},
    ]


async def test_an_expired_token_goes_on_with_the_one_the_refusal_carries() -> None:
    client = StubClient(page("a", token="old"), expired("new"), page("b", token="next"), page("c"))
    assert await names_of(Api(Widget, client)) == ["a", "b", "c"]
    assert [dict(request.query).get("continue") for request in client.requests] == [None, "old", "new", "next"]


async def test_an_expired_token_without_another() -> None:
    client = StubClient(page("a", token="old"), expired())
    seen: list[str | None] = []
    with pytest.raises(Gone):
        async for found in Api(Widget, client).pages():
            seen += [item.metadata.name for item in found.items]
    assert seen == ["a"]


async def test_a_server_that_offers_the_same_token_again_is_no_endless_loop() -> None:
    client = StubClient(page("a", token="old"), expired("old"))
    with pytest.raises(Gone):
        await names_of(Api(Widget, client))


async def test_a_server_that_repeats_its_token_is_no_endless_loop() -> None:
    client = StubClient(page("a", token="same"), page("a", token="same"))
    with pytest.raises(InvalidResponse, match="repeats its continue token"):
        await names_of(Api(Widget, client))


async def test_metadata_alone() -> None:
    client = StubClient(page("a", token="t"), page("b"))
    metadata = Api(Widget, client, namespace="shop").metadata
    assert [item.metadata.name async for item in metadata.iterate(1)] == ["a", "b"]
    assert "PartialObjectMetadataList" in (client.requests[0].headers or {})["Accept"]
    assert [dict(request.query) for request in client.requests] == [{"limit": "1"}, {"limit": "1", "continue": "t"}]


async def test_pages_are_fetched_as_they_are_needed() -> None:
    client = StubClient(page("a", token="t"), page("b"))
    pages = Api(Widget, client).pages()
    await pages.__anext__()
    assert len(client.requests) == 1
    await pages.aclose()
