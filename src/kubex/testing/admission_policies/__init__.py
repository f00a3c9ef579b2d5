"""Admission policies: what ValidatingAdmissionPolicies and their bindings have against a change.

https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
"""

from __future__ import annotations

__all__: list[str] = []
