"""Lists page by page: following continue tokens, and what to do when one expires.

https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeVar

from kubex.core.exceptions import Gone, InvalidArgument
from kubex_core.models.entity import Entity
from kubex_core.models.list_entity import ListEntity
from kubex_core.models.status import Status

__all__ = ["check_page_size", "follow_pages"]

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
        token = page.metadata.continue_
        yield page
        if not token:
            return


def check_page_size(page_size: int) -> None:
    """Refuse a page size that the server would take as "everything", or that is no number.

    Raises:
        InvalidArgument: that is so.
    """
    if page_size is True or page_size < 1:
        raise InvalidArgument(f"page_size={page_size!r}: a whole number, 1 or more, is needed")


def _token_to_go_on_with(error: Gone) -> str | None:
    return error.content.metadata.continue_ if isinstance(error.content, Status) else None
