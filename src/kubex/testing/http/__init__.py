"""The HTTP side of the server in memory."""

from __future__ import annotations

__all__: list[str] = []
