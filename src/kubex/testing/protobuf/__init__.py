"""Kubernetes' protobuf: objects as bytes of `application/vnd.kubernetes.protobuf` and back.

https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
"""

from __future__ import annotations

__all__: list[str] = []
