"""Clients: the same contract over aiohttp and over httpx."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubex.client._create import ClientChoice, ClientChoise, create_client
from kubex.client.base import BaseClient
from kubex_core.models._lazy_exports import lazy_exports

if TYPE_CHECKING:
    from kubex.client.hooks import Hooks, Outcome, Retry
    from kubex.client.options import ClientOptions
    from kubex.client.retries import RetryPolicy
    from kubex.client.websocket import WebSocketConnection

_MODULES = {
    "ClientOptions": ".options",
    "Hooks": ".hooks",
    "Outcome": ".hooks",
    "Retry": ".hooks",
    "RetryPolicy": ".retries",
    "WebSocketConnection": ".websocket",
}

__all__ = [
    "BaseClient",
    "ClientChoice",
    "ClientChoise",
    "ClientOptions",
    "Hooks",
    "Outcome",
    "Retry",
    "RetryPolicy",
    "WebSocketConnection",
    "create_client",
]

if not TYPE_CHECKING:  # a module with `__getattr__` has every name there is, to a type checker
    __getattr__, __dir__ = lazy_exports(__name__, _MODULES)
