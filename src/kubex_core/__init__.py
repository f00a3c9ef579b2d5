"""What a Kubernetes resource is: models without any I/O."""

from __future__ import annotations

__all__: list[str] = []
