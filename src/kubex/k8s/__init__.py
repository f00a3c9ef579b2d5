"""Generated Kubernetes models, a package for each version."""

from __future__ import annotations

__all__: list[str] = []
