"""What aiohttp has no word for: closing the idle connections of a pool."""

from __future__ import annotations

from typing import Any

import aiohttp

__all__ = ["close_idle_connections"]


def close_idle_connections(session: aiohttp.ClientSession) -> None:
    """Close the connections that no request uses: their peer may be gone, or know them by an old certificate."""
    idle: dict[Any, Any] = getattr(session.connector, "_conns", {})
    for connections in idle.values():
        for protocol, _ in connections:
            if protocol.transport is not None:
                protocol.transport.abort()
    idle.clear()
