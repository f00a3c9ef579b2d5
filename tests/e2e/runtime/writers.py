"""Writers who carry on through restarts and broken connections until the server has what they wanted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import anyio

from kubex.core.exceptions import ConnectionFailed, KubexApiError, KubexException, RequestTimeout

__all__ = ["surely"]

_PAUSE: Final = 0.2
_BOUND: Final = 120.0  # seconds that the server may be away for


async def surely(send: Callable[[], Awaitable[object]], *, is_done: type[KubexException] | None = None) -> None:
    """Send until it is done.

    Args:
        send: sends; may be called again.
        is_done: what the server says where an earlier sending, whose answer was lost, has done it.
    """
    with anyio.fail_after(_BOUND):
        while True:
            try:
                await send()
            except KubexException as error:
                if is_done is not None and isinstance(error, is_done):
                    return
                if not _passes(error):
                    raise
                await anyio.sleep(_PAUSE)
            else:
                return


def _passes(error: KubexException) -> bool:
    if isinstance(error, KubexApiError):  # 403: while it starts, the server does not know its roles yet
        return error.code in (403, 429) or (error.code or 0) >= 500
    return isinstance(error, ConnectionFailed | RequestTimeout)
