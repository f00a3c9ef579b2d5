"""Defaults of CustomResourceDefinitions."""

from __future__ import annotations

from typing import Any

from kubex.testing.lifecycle.json_members import object_at

__all__ = ["default_definition"]


def default_definition(object_: dict[str, Any]) -> None:
    """Fill in a CustomResourceDefinition, in place."""
    spec = object_["spec"]
    names = spec.setdefault("names", {})
    kind = names.get("kind", "")
    if kind:
        names["singular"] = names.get("singular") or kind.lower()
        names["listKind"] = names.get("listKind") or f"{kind}List"
    conversion = spec.setdefault("conversion", {})
    conversion.setdefault("strategy", "None")
    service = (object_at(object_at(conversion, "webhook"), "clientConfig")).get("service")
    if service:
        service.setdefault("port", 443)
