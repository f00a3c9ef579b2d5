"""What the server refuses in ingresses and network policies."""

from __future__ import annotations

import re
from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required, field_too_long
from kubex.testing.lifecycle.ip_texts import IpRange, is_strict_address, read_range
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import dns_label_problems, path_segment_problems, service_name_problems
from kubex.testing.lifecycle.validation.jobs import domain_path_causes
from kubex.testing.lifecycle.validation.services import cidr_causes
from kubex.testing.lifecycle.validation.values import between, one_of, port_causes, selector_causes, subdomain_causes

__all__ = ["ingress_causes", "ingress_class_causes", "network_policy_causes"]

_CLASS: Final = "kubernetes.io/ingress.class"
_WILDCARD: Final = re.compile(r"\*(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+")
_WILDCARD_PROBLEM: Final = (
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of "
    "lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', "
    "regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_LONGEST_HOST: Final = 253
_LONGEST_CONTROLLER: Final = 250
_LARGEST_PORT: Final = 65535
_PATH_TYPES: Final = ("Exact", "ImplementationSpecific", "Prefix")


def ingress_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with an Ingress."""
    spec = object_at(new, "spec")
    causes: list[Cause] = []
    if not spec.get("rules") and spec.get("defaultBackend") is None:
        text = "Invalid value: null: either `defaultBackend` or `rules` must be specified"
        causes.append(Cause("FieldValueInvalid", text, "spec"))
    if spec.get("defaultBackend") is not None:
        causes += _backend_causes(spec["defaultBackend"], "spec.defaultBackend")
    for index, rule in enumerate(list_at(spec, "rules")):
        causes += _rule_causes(rule, f"spec.rules[{index}]")
    had_bad_names = any(_secret_causes("", each) for each in list_at(object_at(old or {}, "spec"), "tls"))
    for index, each in enumerate(list_at(spec, "tls")):
        for place, host in enumerate(list_at(each, "hosts")):
            causes += _host_causes(f"spec.tls[{index}].hosts[{place}]", host)
        if not had_bad_names:
            causes += _secret_causes(f"spec.tls[{index}].secretName", each)
    name = spec.get("ingressClassName")
    if name is not None:
        causes += subdomain_causes("spec.ingressClassName", name)
    annotated = object_at(new["metadata"], "annotations").get(_CLASS)
    if old is None and None not in (name, annotated) and name != annotated:
        why = "must match `ingressClassName` when both are specified"
        causes.append(field_invalid(f"annotations.{_CLASS}", annotated, why))
    return causes


def _secret_causes(field: str, tls: dict[str, Any]) -> list[Cause]:
    name = tls.get("secretName")
    return subdomain_causes(field, name) if name else []


def _host_causes(field: str, host: str) -> list[Cause]:
    if "*" not in host:
        return subdomain_causes(field, host)
    problems = [f"must be no more than {_LONGEST_HOST} characters"] if len(host) > _LONGEST_HOST else []
    if not _WILDCARD.fullmatch(host):
        problems.append(_WILDCARD_PROBLEM)
    return [field_invalid(field, host, each) for each in problems]


def _rule_causes(rule: dict[str, Any], where: str) -> list[Cause]:
    host = rule.get("host", "")
    causes: list[Cause] = []
    if host:
        if is_strict_address(host):
            causes.append(field_invalid(f"{where}.host", host, "must be a DNS name, not an IP address"))
        causes += _host_causes(f"{where}.host", host)
    http = rule.get("http")
    if http is None:
        return causes
    paths = list_at(http, "paths")
    if not paths:
        causes.append(field_required(f"{where}.http.paths"))
    for index, path in enumerate(paths):
        causes += _path_causes(path, f"{where}.http.paths[{index}]")
    return causes


def _path_causes(path: dict[str, Any], where: str) -> list[Cause]:
    kind, text = path.get("pathType"), path.get("path", "")
    causes: list[Cause] = []
    if kind is None:
        return [field_required(f"{where}.pathType", "pathType must be specified")]
    if kind in ("Exact", "Prefix"):
        if not text.startswith("/"):
            causes.append(field_invalid(f"{where}.path", text, "must be an absolute path"))
        parts = [f"must not contain '{each}'" for each in ("//", "/./", "/../", "%2f", "%2F") if each in text]
        parts += [f"cannot end with '{each}'" for each in ("/..", "/.") if text.endswith(each)]
        causes += [field_invalid(f"{where}.path", text, why) for why in parts]
    elif text and not text.startswith("/"):
        causes.append(field_invalid(f"{where}.path", text, "must be an absolute path"))
    causes += one_of(f"{where}.pathType", kind, _PATH_TYPES)
    return [*causes, *_backend_causes(object_at(path, "backend"), f"{where}.backend")]


def _backend_causes(backend: dict[str, Any], where: str) -> list[Cause]:
    service, resource = backend.get("service"), backend.get("resource")
    if service is not None and resource is not None:
        return [field_invalid(where, "", "cannot set both resource and service backends")]
    if resource is not None:
        return [field_required(f"{where}.resource.{each}") for each in ("kind", "name") if not resource.get(each)]
    if service is None:
        return [field_invalid(where, "", "resource or service backend is required")]
    name, port = service.get("name", ""), object_at(service, "port")
    field = f"{where}.service.name"
    causes = (
        [field_invalid(field, name, each) for each in service_name_problems(name)] if name else [field_required(field)]
    )
    if port.get("name") and port.get("number"):
        causes.append(field_invalid(where, "", "cannot set both port name & port number"))
    elif port.get("name"):
        causes += port_causes(f"{where}.service.port.name", port["name"])
    elif port.get("number"):
        causes += between(f"{where}.service.port.number", port["number"], 1, _LARGEST_PORT)
    else:
        causes.append(field_required(where, "port name or number is required"))
    return causes


def ingress_class_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with an IngressClass."""
    spec = object_at(new, "spec")
    controller = spec.get("controller", "")
    causes: list[Cause] = []
    if old is not None and controller != object_at(old, "spec").get("controller"):
        causes.append(field_invalid("spec.controller", controller, "field is immutable"))
    if len(controller) > _LONGEST_CONTROLLER:
        causes.append(field_too_long("spec.controller", _LONGEST_CONTROLLER))
    causes += domain_path_causes("spec.controller", controller)
    parameters = spec.get("parameters")
    if parameters is None:
        return causes
    field = "spec.parameters"
    if parameters.get("apiGroup") is not None:
        causes += subdomain_causes(f"{field}.apiGroup", parameters["apiGroup"])
    for each in ("kind", "name"):
        text = parameters.get(each, "")
        causes += [field_invalid(f"{field}.{each}", text, why) for why in path_segment_problems(text)]
        causes += [] if text else [field_required(f"{field}.{each}")]
    scope = parameters.get("scope")
    if scope is None:
        causes.append(field_required(f"{field}.scope"))
    else:
        causes += one_of(f"{field}.scope", scope, ("Cluster", "Namespace"))
    namespace, why = parameters.get("namespace"), f"`parameters.scope` is set to '{scope}'"
    if scope == "Namespace" and namespace is None:
        causes.append(field_required(f"{field}.namespace", why))
    elif scope == "Namespace":
        causes += [field_invalid(f"{field}.namespace", namespace, each) for each in dns_label_problems(namespace)]
    elif scope == "Cluster" and namespace is not None:
        causes.append(field_forbidden(f"{field}.namespace", why))
    return causes


def network_policy_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a NetworkPolicy."""
    spec = object_at(new, "spec")
    causes = selector_causes("spec.podSelector", spec.get("podSelector"))
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(list_at(spec, direction)):
            field = f"spec.{direction}[{index}]"
            for place, port in enumerate(list_at(rule, "ports")):
                causes += _policy_port_causes(port, f"{field}.ports[{place}]")
            for place, peer in enumerate(list_at(rule, peers)):
                causes += _peer_causes(peer, f"{field}.{peers}[{place}]")
    types: list[str] = list_at(spec, "policyTypes")
    if len(types) > 2:
        text = f"Invalid value: {go_json(types)}: may not specify more than two policyTypes"
        return [*causes, Cause("FieldValueInvalid", text, "spec.policyTypes")]
    for index, each in enumerate(types):
        causes += one_of(f"spec.policyTypes[{index}]", each, ("Ingress", "Egress"))
    return causes


def _policy_port_causes(port: dict[str, Any], where: str) -> list[Cause]:
    causes = one_of(f"{where}.protocol", port.get("protocol"), ("TCP", "UDP", "SCTP"))
    number, end = port.get("port"), port.get("endPort")
    if end is not None and not isinstance(number, int):
        why = "not specified" if number is None else "non-numeric"
        causes.append(field_invalid(f"{where}.endPort", end, f"may not be specified when `port` is {why}"))
    if number is not None:
        causes += port_causes(f"{where}.port", number)
    if end is None or not isinstance(number, int):
        return causes
    if end < number:
        # As the server has it: with the port in the place of its end.
        causes.append(field_invalid(f"{where}.endPort", number, "must be greater than or equal to `port`"))
    return [*causes, *between(f"{where}.endPort", end, 1, _LARGEST_PORT)]


def _peer_causes(peer: dict[str, Any], where: str) -> list[Cause]:
    causes: list[Cause] = []
    given = [each for each in ("podSelector", "namespaceSelector", "ipBlock") if peer.get(each) is not None]
    for each in ("podSelector", "namespaceSelector"):
        causes += selector_causes(f"{where}.{each}", peer.get(each))
    block = peer.get("ipBlock")
    if block is not None:
        causes += _block_causes(block, f"{where}.ipBlock")
    if not given:
        causes.append(field_required(where, "must specify a peer"))
    elif len(given) > 1 and block is not None:
        causes.append(field_forbidden(where, "may not specify both ipBlock and another peer"))
    return causes


def _block_causes(block: dict[str, Any], where: str) -> list[Cause]:
    cidr = block.get("cidr", "")
    if not cidr:
        return [field_required(f"{where}.cidr")]
    read = read_range(cidr)
    if read is None:
        return cidr_causes(f"{where}.cidr", cidr)
    causes: list[Cause] = []
    for index, each in enumerate(list_at(block, "except")):
        field = f"{where}.except[{index}]"
        inner = read_range(each)
        if inner is None:
            causes += cidr_causes(field, each)
        elif not _is_part(inner[1], read[1]):
            causes.append(field_invalid(field, each, "must be a strict subset of `cidr`"))
    return causes


def _is_part(inner: IpRange, whole: IpRange) -> bool:
    """Whether a range is within another, and not all of it."""
    return inner.prefixlen > whole.prefixlen and inner.network_address in whole
