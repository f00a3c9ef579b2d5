"""Asks the policies of a cluster about a change, before it is stored.

https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from kubex.testing.admission_policies.params import Misconfigured, binding_params, param_resource
from kubex.testing.change_warnings import add_warning
from kubex.testing.expressions.library import is_available
from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.conversions import converted
from kubex.testing.lifecycle.json_members import list_at
from kubex.testing.lifecycle.matching import Matching, Rule, is_exempt, matched_resource, namespace_of, read_rules
from kubex.testing.lifecycle.submission import Submission
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject

if TYPE_CHECKING:
    from kubex.testing.admission_policies.policy import Denial, Policy

__all__ = ["check_policies", "has_policies", "policy_warnings"]

_GROUP: Final = "admissionregistration.k8s.io"
_POLICIES: Final = f"{_GROUP}/validatingadmissionpolicies"
_BINDINGS: Final = f"{_GROUP}/validatingadmissionpolicybindings"
_CODES: Final = {"Forbidden": 403, "Unauthorized": 401, "RequestEntityTooLarge": 413}
_EVERYTHING: Final = Rule(("*",), ("*",), ("*",), ("*/*",), "*")
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
    """Whether any policy is bound to anything."""
    return cluster.storage.count(_BINDINGS) > 0


def check_policies(cluster: Cluster, asked: Submission) -> None:
    """Ask all policies that are bound to what is to be done.

    Args:
        cluster: where.
        asked: what is to be done.

    Raises:
        ApiFailure: one does not admit it (422, or as it says).
    """
    if not has_policies(cluster) or is_exempt(asked.resource) or not is_available():
        return
    denied = list(_denials(cluster, asked))  # all of them are asked, for their warnings
    if denied:
        raise _refusal(asked, denied[0])


def _denials(cluster: Cluster, asked: Submission) -> Iterator[_Denied]:
    bindings = [entry.object for _, entry in cluster.storage.scan(_BINDINGS)]
    for key, entry in cluster.storage.scan(_POLICIES):
        own = [each for each in bindings if each["spec"].get("policyName") == key.name]
        spec = entry.object["spec"]
        matched = matched_resource(_matching(spec.get("matchConstraints")), asked, cluster) if own else None
        if matched is None:
            continue
        policy = _compiled(msgspec.json.encode(spec))
        try:
            params = param_resource(cluster, spec.get("paramKind"))
        except Misconfigured as error:
            yield from _misconfigured(policy, key.name, "", f"failed to configure policy: {error}")
            continue
        for binding in own:
            if matched_resource(_matching(binding["spec"].get("matchResources")), asked, cluster) is None:
                continue
            name = binding["metadata"]["name"]
            try:
                given = binding_params(cluster, params, binding["spec"].get("paramRef"), asked.namespace)
            except Misconfigured as error:
                yield from _misconfigured(policy, key.name, name, f"failed to configure binding: {error}")
                continue
            actions = list_at(binding["spec"], "validationActions")
            for each in given:
                for denial in _evaluated(cluster, asked, policy, matched, each):
                    if "Deny" in actions:
                        yield _Denied(key.name, name, denial)
                    if "Warn" in actions:
                        add_warning(f"Validation failed for {_DENIED.format(key.name, name)}: {denial.message}")


def _matching(matching: Mapping[str, Any] | None) -> Matching:
    given = matching or {}
    return Matching(
        read_rules(list_at(given, "resourceRules")) or (_EVERYTHING,),
        read_rules(list_at(given, "excludeResourceRules")),
        namespaces=given.get("namespaceSelector"),
        objects=given.get("objectSelector"),
        equivalents=given.get("matchPolicy") == "Equivalent",
    )


def _misconfigured(policy: Policy, name: str, binding: str, why: str) -> Iterator[_Denied]:
    from kubex.testing.admission_policies.policy import Denial

    if policy.fails:
        yield _Denied(name, binding, Denial(why))


def _evaluated(
    cluster: Cluster, asked: Submission, policy: Policy, matched: Resource, params: JsonObject | None
) -> list[Denial]:
    from kubex.testing.admission_policies.variables import bound_variables
    from kubex.testing.expressions.functions.authorization import authorized_by

    values = bound_variables(
        asked,
        matched,
        object_=_in_version(asked.object, asked, matched),
        old=_in_version(asked.old, asked, matched),
        namespace=namespace_of(cluster, asked),
        params=params,
    )
    with authorized_by(asked.user, cluster.access.authorize):
        return policy.denials(values)


def _in_version(object_: JsonObject | None, asked: Submission, matched: Resource) -> JsonObject | None:
    if object_ is None or matched is asked.resource or object_.get("kind") != asked.resource.kind:
        return object_
    return converted(object_, matched)


@lru_cache(maxsize=256)
def _compiled(spec: bytes) -> Policy:
    from kubex.testing.admission_policies.policy import Policy  # few clusters have policies

    decoded: Any = msgspec.json.decode(spec)
    return Policy(decoded)


def _refusal(asked: Submission, denied: _Denied) -> ApiFailure:
    name, why, resource = asked.shown_name, str(denied), asked.resource.name
    reason = denied.denial.reason or "Invalid"
    details = {**resource.details(name), "causes": [{"message": why}]}
    message = f'{resource.qualified} "{name}" is forbidden: {why}'
    return ApiFailure(_CODES.get(reason, 422), reason, message, details=details)
