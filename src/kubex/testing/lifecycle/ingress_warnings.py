"""What the server warns about in an Ingress that it takes."""

from __future__ import annotations

from collections.abc import Iterator

from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.storage import JsonObject

__all__ = ["ingress_warnings"]

_CLASS = "kubernetes.io/ingress.class"


def ingress_warnings(new: JsonObject, old: JsonObject | None) -> Iterator[str]:
    """Give the texts of warnings about an Ingress.

    Args:
        new: the Ingress.
        old: it as it was; `None` for one that is created.
    """
    is_annotated = _CLASS in object_at(new["metadata"], "annotations")
    if old is None and is_annotated and object_at(new, "spec").get("ingressClassName") is None:
        yield f"annotation \"{_CLASS}\" is deprecated, please use 'spec.ingressClassName' instead"
