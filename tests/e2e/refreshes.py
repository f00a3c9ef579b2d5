"""Counts how often a client has come to other credentials."""

from __future__ import annotations

from kubex.client import Hooks
from kubex.core.request import Request

__all__ = ["Refreshes"]


class Refreshes(Hooks):
    """Counts them."""

    def __init__(self) -> None:
        self.count = 0

    def on_refresh(self, request: Request, was_rejected: bool) -> None:
        self.count += 1
