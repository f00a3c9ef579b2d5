"""`QuantityString`: a string that holds a quantity, told apart from other strings."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec

__all__ = ["QuantityString"]

QuantityString: TypeAlias = Annotated[str, msgspec.Meta(extra={"format": "quantity"})]
"""A resource amount as the API writes it, `500m` or `1Gi`; a plain `str` to everything but inspection.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""
