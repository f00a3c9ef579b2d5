"""What the server refuses in the names of those who sign certificates: a domain, and a path in it.

https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#signers
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kubex.core._go_text import go_quoted
from kubex.testing.failures import Cause, field_invalid, field_required, field_too_long
from kubex.testing.lifecycle.names import Problems, dns_label_problems, dns_subdomain_problems

__all__ = ["signer_name_causes"]

_LONGEST_DOMAIN: Final = 253
# A domain, and the names of a namespace and of an object in it.
_LONGEST: Final = _LONGEST_DOMAIN + 1 + 63 + 1 + 253
_TWO_PARTS: Final = "must be a fully qualified domain and path of the form 'example.com/signer-name'"
_ONE_LABEL: Final = "should be a domain with at least two segments separated by dots"


def signer_name_causes(field: str, name: str) -> list[Cause]:
    """Say what is wrong with the name of a signer."""
    if not name:
        return [field_required(field)]
    if name.count("/") != 1:
        return [field_invalid(field, name, _TWO_PARTS)]
    domain, _, path = name.partition("/")
    causes = [field_too_long(field, _LONGEST_DOMAIN)] if len(domain.encode()) > _LONGEST_DOMAIN else []
    causes += _part_causes(field, domain, dns_label_problems)
    if "." not in domain:
        causes.append(field_invalid(field, domain, _ONE_LABEL))
    causes += _part_causes(field, path, dns_subdomain_problems)
    if len(name.encode()) > _LONGEST:
        causes.append(field_too_long(field, _LONGEST))
    return causes


def _part_causes(field: str, part: str, problems_of: Callable[[str], Problems]) -> list[Cause]:
    """Say what is wrong with the first of a part's labels that anything is wrong with."""
    for label in part.split("."):
        if problems := problems_of(label):
            return [field_invalid(field, part, f"validating label {go_quoted(label)}: {each}") for each in problems]
    return []
