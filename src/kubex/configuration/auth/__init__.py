"""Where the credentials of a request come from, one source a module."""

from __future__ import annotations

__all__: list[str] = []
