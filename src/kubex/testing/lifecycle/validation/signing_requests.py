"""What the server refuses in CertificateSigningRequests.

https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/
"""

from __future__ import annotations

import base64
from typing import Any, Final

from kubex.core._go_text import go_quoted
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.pem_blocks import pem_types
from kubex.testing.lifecycle.validation.signer_names import signer_name_causes
from kubex.testing.lifecycle.validation.values import duplicate, unsupported

__all__ = ["approval_causes", "signing_request_causes", "signing_status_causes"]

_USAGES: Final = (
    "any",
    "cert sign",
    "client auth",
    "code signing",
    "content commitment",
    "crl sign",
    "data encipherment",
    "decipher only",
    "digital signature",
    "email protection",
    "encipher only",
    "ipsec end system",
    "ipsec tunnel",
    "ipsec user",
    "key agreement",
    "key encipherment",
    "microsoft sgc",
    "netscape sgc",
    "ocsp signing",
    "s/mime",
    "server auth",
    "signing",
    "timestamping",
)
_SHORTEST: Final = 600
_TOO_SHORT: Final = f"may not specify a duration less than {_SHORTEST} seconds (10 minutes)"
_LEGACY_SIGNER: Final = "kubernetes.io/legacy-unknown"
_CONDITIONS: Final = "status.conditions"
_CERTIFICATE: Final = "status.certificate"
_DECISIONS: Final = ("Approved", "Denied")
_ONLY_TRUE: Final = (*_DECISIONS, "Failed")
_EXCLUSIVE: Final = "Approved and Denied conditions are mutually exclusive"
_REQUEST: Final = "CERTIFICATE REQUEST"


def signing_request_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a new CertificateSigningRequest; what was asked for never changes.

    Whether what is sent is a request that its own key has signed is not looked at.
    """
    if old is not None:
        return []
    spec = new["spec"]
    usages: list[str] = list_at(spec, "usages")
    causes = _request_causes(spec.get("request"))
    causes += [] if usages else [field_required("spec.usages")]
    causes += [
        unsupported(f"spec.usages[{index}]", each, _USAGES) for index, each in enumerate(usages) if each not in _USAGES
    ]
    causes += [duplicate(f"spec.usages[{index}]", each) for index, each in enumerate(usages) if each in usages[:index]]
    signer: str = spec.get("signerName") or ""
    if signer == _LEGACY_SIGNER:
        why = "the legacy signerName is not allowed via this API version"
        causes.append(field_invalid("spec.signerName", signer, why))
    else:
        causes += signer_name_causes("spec.signerName", signer)
    seconds = spec.get("expirationSeconds")
    if seconds is not None and seconds < _SHORTEST:
        causes.append(field_invalid("spec.expirationSeconds", seconds, _TOO_SHORT))
    return causes


def approval_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the approval of a CertificateSigningRequest."""
    return [*_conditions_causes(new, old), *_removal_causes(new, old)]


def signing_status_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the status of a CertificateSigningRequest, which has no say in its approval."""
    before, after = (object_at(each, "status").get("certificate") or "" for each in (old, new))
    causes = _conditions_causes(new, old)
    if after != before and not _certificate_problem(before):
        why = _certificate_problem(after)
        causes += [field_invalid(_CERTIFICATE, "<certificate data>", why)] if why else []
    causes += _removal_causes(new, old)
    causes += [
        field_forbidden(_CONDITIONS, f'updates may not add a condition of type "{type_}"')
        for type_ in _DECISIONS
        if _count(new, type_) > _count(old, type_)
    ]
    if before and after != before:
        causes.append(field_forbidden(_CERTIFICATE, "updates may not modify existing certificate content"))
    return causes


def _request_causes(request: str | None) -> list[Cause]:
    types = pem_types(base64.b64decode(request or ""))
    if types is None or types[:1] == [_REQUEST]:
        return []
    return [field_invalid("spec.request", request, f"PEM block type must be {_REQUEST}")]


def _certificate_problem(certificate: str) -> str:
    """Say why a text is no certificates in PEM; `""` if it is such, or where that can't be told."""
    types = pem_types(base64.b64decode(certificate))
    if not certificate or types is None:
        return ""
    if not types:
        return "must contain at least one CERTIFICATE PEM block"
    other = next((each for each in types if each != "CERTIFICATE"), None)
    return "" if other is None else f"only CERTIFICATE PEM blocks are allowed, found {go_quoted(other)}"


def _types(request: dict[str, Any]) -> list[str]:
    return [each.get("type", "") for each in list_at(object_at(request, "status"), "conditions")]


def _count(request: dict[str, Any], type_: str) -> int:
    return _types(request).count(type_)


def _removal_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    return [
        field_forbidden(_CONDITIONS, f'updates may not remove a condition of type "{type_}"')
        for type_ in _ONLY_TRUE
        if _count(new, type_) < _count(old, type_)
    ]


def _conditions_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with conditions, but for what was wrong before."""
    before = _types(old)
    may_be_both, may_be_twice = set(_DECISIONS) <= {*before}, len({*before}) < len(before)
    causes: list[Cause] = []
    seen: set[str] = set()
    for index, condition in enumerate(list_at(object_at(new, "status"), "conditions")):
        field, type_, status = f"{_CONDITIONS}[{index}]", condition.get("type", ""), condition.get("status", "")
        if not type_ and "" not in before:
            causes.append(field_required(f"{field}.type"))
        allowed = ("True",) if type_ in _ONLY_TRUE else ("False", "True", "Unknown")
        if not status:
            causes.append(field_required(f"{field}.status"))
        elif status not in allowed:
            causes.append(unsupported(f"{field}.status", status, allowed))
        if not may_be_both and type_ in _DECISIONS and {*_DECISIONS} - {type_} <= seen:
            causes.append(field_invalid(_CONDITIONS, type_, _EXCLUSIVE))
        if type_ in seen and not may_be_twice:
            causes.append(duplicate(f"{field}.type", type_))
        seen.add(type_)
    return causes
