"""Lists page by page: following continue tokens, and what to do when one expires.

https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeVar

from kubex.core._arguments import check_count
from kubex.core.exceptions import Gone, InvalidResponse
from kubex_core.models.entity import Entity
from kubex_core.models.list_entity import ListEntity
from kubex_core.models.status import Status

__all__ = ["check_page_size", "follow_pages", "items_of"]

T = TypeVar("T", bound=Entity)


async def follow_pages(
    fetch_page: Callable[[str | None], Awaitable[ListEntity[T]]],
) -> AsyncGenerator[ListEntity[T], None]:
    """Give pages until there are no more.

    A token expires after some minutes (410). The server's refusal then carries another one, which goes on behind the
    last object given, in the list as it is by then: nothing comes twice, but the pages are no longer of one moment.

    Args:
        fetch_page: lists with a continue token, `None` for the first page.

    Raises:
        Gone: a token expired and the server gave none to go on with.
        InvalidResponse: the server gives the same token again.
    """
    token: str | None = None
    while True:
        try:
            page = await fetch_page(token)
        except Gone as error:
            next_token = _token_to_go_on_with(error)
            if next_token is None or next_token == token:
                raise
            token = next_token
            continue
        next_token = page.metadata.continue_
        if next_token and next_token == token:
            raise InvalidResponse("the server repeats its continue token: its list would never end")
        yield page
        if not next_token:
            return
        token = next_token


async def items_of(pages: AsyncGenerator[ListEntity[T], None]) -> AsyncGenerator[T, None]:
    """Give the objects of pages, one by one."""
    try:
        async for page in pages:
            for item in page.items:
                yield item
    finally:
        await pages.aclose()


def check_page_size(page_size: int) -> None:
    """Refuse a page size that the server would take as "everything", or that is no number.

    Raises:
        InvalidArgument: that is so.
    """
    check_count("page_size", page_size)


def _token_to_go_on_with(error: Gone) -> str | None:
    return error.content.metadata.continue_ if isinstance(error.content, Status) else None
