"""The definition of the custom resource that the pages for users of other clients speak of."""

from __future__ import annotations

from typing import Any, Final

__all__ = ("DEFINITION", "NAME")

NAME: Final = "backups.docs.example.com"
_SPEC: Final = {"type": "object", "properties": {"schedule": {"type": "string"}}}
_SCHEMA: Final = {"openAPIV3Schema": {"type": "object", "properties": {"spec": _SPEC}}}
DEFINITION: Final[dict[str, Any]] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": NAME},
    "spec": {
        "group": "docs.example.com",
        "names": {"kind": "Backup", "plural": "backups"},
        "scope": "Namespaced",
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": _SCHEMA}],
    },
}
