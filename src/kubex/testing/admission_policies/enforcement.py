"""Asks the policies of a cluster about a change, before it is stored.

https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from kubex.testing.admission_policies.matching import is_exempt, matched_resource, namespace_of
from kubex.testing.admission_policies.params import Misconfigured, binding_params, param_resource
from kubex.testing.admission_policies.request import AdmissionRequest
from kubex.testing.change_warnings import add_warning
from kubex.testing.expressions.library import is_available
from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.conversions import converted
from kubex.testing.lifecycle.json_members import list_at
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject

if TYPE_CHECKING:
    from kubex.testing.admission_policies.policy import Denial, Policy

__all__ = ["check_policies", "has_policies", "policy_warnings"]

_GROUP: Final = "admissionregistration.k8s.io"
_POLICIES: Final = f"{_GROUP}/validatingadmissionpolicies"
_BINDINGS: Final = f"{_GROUP}/validatingadmissionpolicybindings"
_CODES: Final = {"Forbidden": 403, "Unauthorized": 401, "RequestEntityTooLarge": 413}
_DENIED: Final = "ValidatingAdmissionPolicy '{}' with binding '{}'"


class _Denied(NamedTuple):
    """A change that a policy does not admit, and why."""

    policy: str
    binding: str
    denial: Denial

    def __str__(self) -> str:
        by = f"ValidatingAdmissionPolicy '{self.policy}'"
        by += f" with binding '{self.binding}'" if self.binding else ""
        return f"{by} denied request: {self.denial.message}"


def policy_warnings(resource: Resource, object_: JsonObject) -> tuple[str, ...]:
    """Give the warning about a policy that is stored and not evaluated."""
    if resource.storage not in (_POLICIES, _BINDINGS) or is_available():
        return ()
    return (f"{object_.get('kind')} is not evaluated by this server without kubex[testing-cel]",)


def has_policies(cluster: Cluster) -> bool:
    """Say whether any policy is bound."""
    return cluster.storage.count(_BINDINGS) > 0


def check_policies(cluster: Cluster, request: AdmissionRequest) -> None:
    """Ask all policies that are bound to a change.

    Args:
        cluster: where.
        request: the change.

    Raises:
        ApiFailure: one does not admit it (422, or as it says).
    """
    if not has_policies(cluster) or is_exempt(request) or not is_available():
        return
    denied = list(_denials(cluster, request))  # all of them are asked, for their warnings
    if denied:
        raise _refusal(request, denied[0])


def _denials(cluster: Cluster, request: AdmissionRequest) -> Iterator[_Denied]:
    bindings = [entry.object for _, entry in cluster.storage.scan(_BINDINGS)]
    for key, entry in cluster.storage.scan(_POLICIES):
        own = [each for each in bindings if each["spec"].get("policyName") == key.name]
        spec = entry.object["spec"]
        matched = matched_resource(cluster, spec.get("matchConstraints"), request) if own else None
        if matched is None:
            continue
        policy = _compiled(msgspec.json.encode(spec))
        try:
            params = param_resource(cluster, spec.get("paramKind"))
        except Misconfigured as error:
            yield from _misconfigured(policy, key.name, "", f"failed to configure policy: {error}")
            continue
        for binding in own:
            if matched_resource(cluster, binding["spec"].get("matchResources"), request) is None:
                continue
            name = binding["metadata"]["name"]
            try:
                given = binding_params(cluster, params, binding["spec"].get("paramRef"), request.place)
            except Misconfigured as error:
                yield from _misconfigured(policy, key.name, name, f"failed to configure binding: {error}")
                continue
            actions = list_at(binding["spec"], "validationActions")
            for each in given:
                for denial in _evaluated(cluster, request, policy, matched, each):
                    if "Deny" in actions:
                        yield _Denied(key.name, name, denial)
                    if "Warn" in actions:
                        add_warning(f"Validation failed for {_DENIED.format(key.name, name)}: {denial.message}")


def _misconfigured(policy: Policy, name: str, binding: str, why: str) -> Iterator[_Denied]:
    from kubex.testing.admission_policies.policy import Denial

    if policy.fails:
        yield _Denied(name, binding, Denial(why))


def _evaluated(
    cluster: Cluster, request: AdmissionRequest, policy: Policy, matched: Resource, params: JsonObject | None
) -> list[Denial]:
    from kubex.testing.admission_policies.variables import bound_variables
    from kubex.testing.expressions.functions.authorization import authorized_by

    values = bound_variables(
        request,
        matched,
        object_=_in_version(request.object, request, matched),
        old=_in_version(request.old, request, matched),
        namespace=namespace_of(cluster, request),
        params=params,
    )
    with authorized_by(request.user, cluster.access.authorize):
        return policy.denials(values)


def _in_version(object_: JsonObject | None, request: AdmissionRequest, matched: Resource) -> JsonObject | None:
    if object_ is None or matched is request.resource or object_.get("kind") != request.resource.kind:
        return object_
    return converted(object_, matched)


@lru_cache(maxsize=256)
def _compiled(spec: bytes) -> Policy:
    from kubex.testing.admission_policies.policy import Policy  # few clusters have policies

    decoded: Any = msgspec.json.decode(spec)
    return Policy(decoded)


def _refusal(request: AdmissionRequest, denied: _Denied) -> ApiFailure:
    name, why = request.shown_name, str(denied)
    reason = denied.denial.reason or "Invalid"
    details = {**request.resource_name.details(name), "causes": [{"message": why}]}
    message = f'{request.resource_name.qualified} "{name}" is forbidden: {why}'
    return ApiFailure(_CODES.get(reason, 422), reason, message, details=details)
