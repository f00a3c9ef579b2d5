"""The Kubernetes protocol without any I/O."""

from __future__ import annotations

__all__: list[str] = []
