"""What the server knows of its objects: their schemas, and which resources are served where."""

from __future__ import annotations

__all__: list[str] = []
