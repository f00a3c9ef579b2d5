"""Parts of objects with a path of their own."""

from __future__ import annotations

__all__: list[str] = []
