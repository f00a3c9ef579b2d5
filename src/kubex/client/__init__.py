"""Clients: the same contract over aiohttp and over httpx."""

from __future__ import annotations

from kubex.client._create import ClientChoice, ClientChoise, create_client
from kubex.client.base import BaseClient
from kubex.client.hooks import Hooks, Outcome, Retry
from kubex.client.options import ClientOptions
from kubex.client.retries import RetryPolicy
from kubex.client.websocket import WebSocketConnection

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
