"""The roles and bindings that every cluster with RBAC has, from the table that comes with the package.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
"""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files

import msgspec

from kubex.testing.storage import JsonObject

__all__ = ["default_policy"]


@cache
def default_policy(release: str) -> tuple[JsonObject, ...]:
    """Give the default roles and bindings of a Kubernetes version; the same objects for each call.

    Args:
        release: `1.35`.
    """
    file = files("kubex.testing") / "specs" / "rbac" / f"v{release.replace('.', '_')}.json.gz"
    return tuple(msgspec.json.decode(gzip.decompress(file.read_bytes()), type=list[JsonObject]))
