"""What a server warns of in accounts, secrets, quotas and nodes."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Final

from kubex.testing.lifecycle.ip_texts import range_warnings
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.pem_blocks import pem_types
from kubex.testing.lifecycle.validation.values import quantity
from kubex.testing.storage import JsonObject

__all__ = ["account_warnings", "node_warnings", "quota_warnings", "secret_warnings"]

_ENFORCED: Final = "kubernetes.io/enforce-mountable-secrets"
_QUOTAS: Final = ("cpu", "memory", "storage", "ephemeral-storage")
_MAY_BE_BARE: Final = ("cpu", "memory")
_SWITCHED: Final = (
    "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have "
    "been switched"
)
_SKIPPED: Final = "after skipping PEM blocks of the following types"


def account_warnings(new: JsonObject, old: JsonObject | None) -> Iterator[str]:
    """Warn of an annotation of a ServiceAccount, when it comes."""
    before, after = (object_at(object_at(each or {}, "metadata"), "annotations") for each in (old, new))
    if _ENFORCED in after and _ENFORCED not in before:
        why = "deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets"
        yield f"metadata.annotations[{_ENFORCED}]: {why}"


def quota_warnings(quota: JsonObject) -> Iterator[str]:
    """Warn of requests that a new ResourceQuota allows more of than of limits."""
    hard = object_at(object_at(quota, "spec"), "hard")
    for name in _QUOTAS:
        asked, most = f"requests.{name}", f"limits.{name}"
        if asked not in hard and name in _MAY_BE_BARE:
            asked = name
        if asked in hard and most in hard and quantity(hard[asked]) > quantity(hard[most]):
            shown = f"{most} ({quantity(hard[most])})"
            yield f"ResourceQuota {asked} ({quantity(hard[asked])}) should be less than {shown}"


def node_warnings(node: JsonObject) -> Iterator[str]:
    """Warn of what is deprecated in a Node, and of ranges of addresses that should be written in another way."""
    spec = object_at(node, "spec")
    if spec.get("externalID"):
        yield "spec.externalID: this field is deprecated, and is unused by Kubernetes"
    for index, each in enumerate(list_at(spec, "podCIDRs")):
        yield from range_warnings(f"spec.podCIDRs[{index}]", each)


def secret_warnings(secret: JsonObject) -> Iterator[str]:
    """Warn of a Secret for TLS without a certificate or a key; whether they go together is not looked at."""
    if secret.get("type") != "kubernetes.io/tls":
        return
    data = object_at(secret, "data")
    certificate, key = (pem_types(base64.b64decode(data.get(name) or "")) for name in ("tls.crt", "tls.key"))
    problem = _certificate_problem(certificate)
    if problem is None and key is not None:
        problem = _key_problem(key)
    if problem:
        yield problem


def _certificate_problem(skipped: list[str] | None) -> str | None:
    """Say why there is no certificate: `None` where there is one, `""` where that can't be told."""
    if skipped is None:
        return ""
    if "CERTIFICATE" in skipped:
        return None
    if not skipped:
        return "tls: failed to find any PEM data in certificate input"
    if len(skipped) == 1 and skipped[0].endswith("PRIVATE KEY"):
        return _SWITCHED
    shown = " ".join(skipped)
    return f'tls: failed to find "CERTIFICATE" PEM block in certificate input {_SKIPPED}: [{shown}]'


def _key_problem(skipped: list[str]) -> str | None:
    """Say why there is no key, if there is none."""
    if any(each == "PRIVATE KEY" or each.endswith(" PRIVATE KEY") for each in skipped):
        return None
    if not skipped:
        return "tls: failed to find any PEM data in key input"
    if skipped == ["CERTIFICATE"]:
        return "tls: found a certificate rather than a key in the PEM for the private key"
    shown = " ".join(skipped)
    return f'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input {_SKIPPED}: [{shown}]'
