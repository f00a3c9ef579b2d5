"""What the server refuses in containers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from kubex.core._json_value import is_object
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.app_armor import app_armor_causes
from kubex.testing.lifecycle.validation.claim_uses import claim_use_causes
from kubex.testing.lifecycle.validation.mounts import Volumes, volume_use_causes
from kubex.testing.lifecycle.validation.quotas import container_resource_causes, pod_resource_name_causes
from kubex.testing.lifecycle.validation.seccomp import seccomp_causes
from kubex.testing.lifecycle.validation.shown_types import SECURITY_CONTEXT, shown_part
from kubex.testing.lifecycle.validation.values import (
    amount_causes,
    between,
    duplicate,
    invalid_quantity,
    name_causes,
    not_negative,
    one_of,
    overcommits,
    port_causes,
    port_name_problems,
    qualified_causes,
    quantity,
    subdomain_causes,
    unsupported,
)
from kubex.testing.lifecycle.validation.windows_options import windows_option_causes

__all__ = [
    "blank_image_causes",
    "container_causes",
    "field_reference_causes",
    "handlers_causes",
    "resource_causes",
]

_Container: TypeAlias = Mapping[str, Any]

_PULLS: Final = ("Always", "IfNotPresent", "Never")
_PROTOCOLS: Final = ("SCTP", "TCP", "UDP")
_TERMINATIONS: Final = ("File", "FallbackToLogsOnError")
_HANDLERS: Final = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")
_PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")
_STANDARD_RESOURCES: Final = frozenset({"cpu", "memory", "ephemeral-storage"})
_HUGE_PAGES: Final = "hugepages-"
_SOURCES: Final = (
    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
)
_VARIABLE_PROBLEM: Final = (
    "a valid environment variable name must consist only of printable ASCII characters other than '='"
)
_HEADER: Final = re.compile(r"[-A-Za-z0-9]+")
_HEADER_PROBLEM: Final = (
    "a valid HTTP header must consist of alphanumeric characters or '-' "
    "(e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')"
)
_LARGEST_ID: Final = 2147483647
_FIELDS: Final = frozenset(
    {
        "metadata.name",
        "metadata.namespace",
        "metadata.uid",
        "spec.nodeName",
        "spec.serviceAccountName",
        "status.hostIP",
        "status.hostIPs",
        "status.podIP",
        "status.podIPs",
    }
)
_SUBSCRIPT: Final = re.compile(r"(metadata\.(?:labels|annotations))\['(.*)'\]")


def container_causes(
    container: _Container,
    where: str,
    volumes: Volumes,
    seen: set[str],
    *,
    claims: Sequence[_Container] = (),
    starts_first: bool = False,
    is_ephemeral: bool = False,
    has_own_users: bool = False,
) -> list[Cause]:
    """Say what is wrong with a container; what it has handlers for aside.

    Args:
        container: the container.
        where: its path.
        volumes: of the pod.
        seen: names of the containers before it; its own is added.
        claims: of devices, of the pod.
        starts_first: whether it is an init container.
        is_ephemeral: whether it is one, of whose image everything is told here.
        has_own_users: whether its pod has users that are none of the node.
    """
    name, image = container.get("name", ""), container.get("image", "")
    causes = name_causes(f"{where}.name", name)
    if not image:
        causes.append(field_required(f"{where}.image"))
    causes += one_of(f"{where}.terminationMessagePolicy", container.get("terminationMessagePolicy"), _TERMINATIONS)
    causes += _ports_causes(container, f"{where}.ports")
    for index, variable in enumerate(list_at(container, "env")):
        causes += _variable_causes(variable, f"{where}.env[{index}]")
    for index, source in enumerate(list_at(container, "envFrom")):
        causes += _environment_causes(source, f"{where}.envFrom", index)
    causes += volume_use_causes(container, where, volumes)
    if container.get("imagePullPolicy") not in _PULLS:
        causes.append(unsupported(f"{where}.imagePullPolicy", container.get("imagePullPolicy", ""), _PULLS))
    resources = object_at(container, "resources")
    causes += resource_causes(resources, f"{where}.resources")
    if resources.get("claims"):
        causes += claim_use_causes(resources["claims"], f"{where}.resources.claims", claims)
    context = object_at(container, "securityContext")
    causes += _security_causes(context, f"{where}.securityContext", has_own_users=has_own_users)
    if is_ephemeral:
        causes += blank_image_causes(container, where)
    if name in seen:
        causes.append(duplicate(f"{where}.name", name))
    elif name or not starts_first:  # as the server has it: of two without a name the second has that of the first
        seen.add(name)
    return causes


def blank_image_causes(container: _Container, where: str) -> list[Cause]:
    """The name of an image has no blanks around it; templates need not heed that."""
    image = container.get("image", "")
    if image == image.strip():
        return []
    return [field_invalid(f"{where}.image", image, "must not have leading or trailing whitespace")]


def handlers_causes(container: _Container, where: str, *, grace: int, starts_first: bool = False) -> list[Cause]:
    """Say what is wrong with the probes of a container, and with what is done as it starts and stops.

    Args:
        container: the container.
        where: its path.
        grace: seconds that the pod has to end.
        starts_first: whether it is an init container.
    """
    causes: list[Cause] = []
    if starts_first and container.get("restartPolicy") != "Always":
        why = "may not be set for init containers without restartPolicy=Always"
        causes += [field_forbidden(f"{where}.{each}", why) for each in ("lifecycle", *_PROBES) if container.get(each)]
        return causes
    for each in ("postStart", "preStop"):
        handler = object_at(container, "lifecycle").get(each)
        if handler is not None:
            causes += _handler_causes(handler, f"{where}.lifecycle.{each}", grace=grace)
    for each in _PROBES:
        if container.get(each) is not None:
            causes += _probe_causes(container[each], f"{where}.{each}", once=each != "readinessProbe")
    return causes


def _ports_causes(container: _Container, where: str) -> list[Cause]:
    causes: list[Cause] = []
    names: set[str] = set()
    for index, port in enumerate(list_at(container, "ports")):
        field, name, number = f"{where}[{index}]", port.get("name", ""), port.get("containerPort", 0)
        if name:
            problems = port_name_problems(name)
            causes += [field_invalid(f"{field}.name", name, each) for each in problems]
            if not problems and name in names:
                causes.append(duplicate(f"{field}.name", name))
            names.add(name)
        if not number:
            causes.append(field_required(f"{field}.containerPort"))
        else:
            causes += between(f"{field}.containerPort", number, 1, 65535)
        if port.get("hostPort"):
            causes += between(f"{field}.hostPort", port["hostPort"], 1, 65535)
        if port.get("protocol") not in _PROTOCOLS:
            causes.append(unsupported(f"{field}.protocol", port.get("protocol", ""), _PROTOCOLS))
    return causes


def _variable_causes(variable: _Container, where: str) -> list[Cause]:
    name, source = variable.get("name", ""), variable.get("valueFrom")
    causes = _variable_name_causes(f"{where}.name", name) if name else [field_required(f"{where}.name")]
    if not is_object(source):
        return causes
    field = f"{where}.valueFrom"
    given = [each for each in source if source[each] is not None]
    if "fieldRef" in given:
        causes += field_reference_causes(source["fieldRef"], f"{field}.fieldRef", (*_FIELDS,))
    if "resourceFieldRef" in given and not source["resourceFieldRef"].get("resource"):
        causes.append(field_required(f"{field}.resourceFieldRef.resource"))
    for each in ("configMapKeyRef", "secretKeyRef"):
        if each in given:
            causes += _key_causes(source[each], f"{field}.{each}")
    if variable.get("value"):
        if given:
            causes.append(field_invalid(field, "", "may not be specified when `value` is not empty"))
    elif not given:
        causes.append(field_invalid(field, "", _SOURCES))
    if len(given) > 1:
        causes.append(field_invalid(field, "", "may not have more than one field specified at a time"))
    return causes


def _variable_name_causes(field: str, name: str) -> list[Cause]:
    if all(" " <= each <= "~" and each != "=" for each in name):
        return []
    return [field_invalid(field, name, _VARIABLE_PROBLEM)]


def field_reference_causes(reference: _Container, where: str, fields: tuple[str, ...]) -> list[Cause]:
    """Say what is wrong with a reference to a field of the pod itself."""
    if not reference.get("apiVersion"):
        return [field_required(f"{where}.apiVersion")]
    path = reference.get("fieldPath", "")
    if not path:
        return [field_required(f"{where}.fieldPath")]
    subscript = _SUBSCRIPT.fullmatch(path)
    if subscript is not None:
        return qualified_causes(where, subscript[2].lower() if "annotations" in subscript[1] else subscript[2])
    if path not in _FIELDS and path not in ("metadata.labels", "metadata.annotations"):
        why = f"error converting fieldPath: field label not supported: {path}"
        return [field_invalid(f"{where}.fieldPath", path, why)]
    return [] if path in fields else [unsupported(f"{where}.fieldPath", path, sorted(fields))]


def _key_causes(reference: _Container, where: str) -> list[Cause]:
    name, key = reference.get("name", ""), reference.get("key", "")
    causes = subdomain_causes(f"{where}.name", name) if name else [field_required(f"{where}.name")]
    return causes if key else [*causes, field_required(f"{where}.key")]


def _environment_causes(source: _Container, where: str, index: int) -> list[Cause]:
    prefix = source.get("prefix", "")
    causes = _variable_name_causes(f"{where}[{index}].prefix", prefix) if prefix else []
    given = [each for each in ("configMapRef", "secretRef") if source.get(each) is not None]
    for each in given:
        name = source[each].get("name", "")
        field = f"{where}[{index}].{each}.name"
        causes += subdomain_causes(field, name) if name else [field_required(field)]
    if not given:
        causes.append(field_invalid(where, "", "must specify one of: `configMapRef` or `secretRef`"))
    elif len(given) > 1:
        causes.append(field_invalid(where, "", "may not have more than one field specified at a time"))
    return causes


def resource_causes(resources: _Container, where: str, *, of_pod: bool = False) -> list[Cause]:
    """Say what is wrong with the resources of a container, or of a pod as a whole."""
    if not resources:
        return []
    limits, requests = object_at(resources, "limits"), object_at(resources, "requests")
    causes: list[Cause] = []
    for name, value in sorted(limits.items()):
        causes += _amount_causes(name, value, f"{where}.limits[{name}]", of_pod=of_pod)
        causes += _huge_pages_causes(name, value, f"{where}.limits[{name}]")
    for name, value in sorted(requests.items()):
        causes += _amount_causes(name, value, f"{where}.requests[{name}]", of_pod=of_pod)
        limit = limits.get(name)
        if limit is None:
            if not overcommits(name):
                causes.append(field_required(f"{where}.limits", "Limit must be set for non overcommitable resources"))
        elif quantity(value) != quantity(limit) and not overcommits(name):
            why = f"must be equal to {name} limit of {quantity(limit)}"
            causes.append(invalid_quantity(f"{where}.requests", value, why))
        elif quantity(value) > quantity(limit):
            why = f"must be less than or equal to {name} limit of {quantity(limit)}"
            causes.append(invalid_quantity(f"{where}.requests", value, why))
        causes += _huge_pages_causes(name, value, f"{where}.requests[{name}]")
    names = {*limits, *requests}
    if any(name.startswith("hugepages-") for name in names) and not names & {"cpu", "memory"}:
        causes.append(field_forbidden(where, "HugePages require cpu or memory"))
    return causes


def _amount_causes(name: str, value: Any, field: str, *, of_pod: bool) -> list[Cause]:
    causes: list[Cause] = []
    if of_pod:
        causes = pod_resource_name_causes(field, name)
    elif name not in _STANDARD_RESOURCES:
        causes = container_resource_causes(field, name)
    return causes + amount_causes(name, value, field)


def _huge_pages_causes(name: str, value: Any, field: str) -> list[Cause]:
    """Huge pages come as a whole."""
    if not name.startswith(_HUGE_PAGES):
        return []
    size = quantity(name.removeprefix(_HUGE_PAGES)).to_decimal()
    if size > 0 and not size % 1 and not math.ceil(quantity(value).to_decimal()) % size:
        return []
    return [invalid_quantity(field, value, f"{quantity(value)} is not positive integer multiple of {name}")]


def _security_causes(context: _Container, where: str, *, has_own_users: bool) -> list[Cause]:
    if not context:
        return []
    causes: list[Cause] = []
    for name in ("runAsUser", "runAsGroup"):
        causes += between(f"{where}.{name}", context.get(name), 0, _LARGEST_ID)
    causes += one_of(f"{where}.procMount", context.get("procMount"), ("Default", "Unmasked"))
    if context.get("procMount") == "Unmasked" and not has_own_users:
        why = "`hostUsers` must be false to use `Unmasked`"
        causes.append(field_invalid(f"{where}.procMount", "Unmasked", why))
    causes += seccomp_causes(context, where)
    if context.get("allowPrivilegeEscalation") is False:
        causes += _escalation_causes(context, where)
    if context.get("windowsOptions"):
        causes += windows_option_causes(context["windowsOptions"], f"{where}.windowsOptions")
    return causes + app_armor_causes(context, where)


def _escalation_causes(context: _Container, where: str) -> Iterator[Cause]:
    """Say what gives a container more than it may come to."""
    shown = (
        f"Invalid value: {shown_part(context, SECURITY_CONTEXT)}: cannot set `allowPrivilegeEscalation` to false and"
    )
    if context.get("privileged"):
        yield Cause("FieldValueInvalid", f"{shown} `privileged` to true", where)
    for added in list_at(object_at(context, "capabilities"), "add"):
        if added == "CAP_SYS_ADMIN":
            yield Cause("FieldValueInvalid", f"{shown} `capabilities.Add` CAP_SYS_ADMIN", where)


def _probe_causes(probe: _Container, where: str, *, once: bool) -> list[Cause]:
    causes = _handler_causes(probe, where)
    numbers = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")
    for name in numbers:
        causes += not_negative(f"{where}.{name}", probe.get(name))
    grace = probe.get("terminationGracePeriodSeconds")
    if grace is not None and grace <= 0:
        causes.append(field_invalid(f"{where}.terminationGracePeriodSeconds", grace, "must be greater than 0"))
    if grace is not None and not once:
        why = "must not be set for readinessProbes"
        causes.append(field_invalid(f"{where}.terminationGracePeriodSeconds", grace, why))
    if once and probe.get("successThreshold") != 1:
        causes.append(field_invalid(f"{where}.successThreshold", probe.get("successThreshold"), "must be 1"))
    return causes


def _handler_causes(handler: _Container, where: str, *, grace: int | None = None) -> list[Cause]:
    given = [each for each in _HANDLERS if handler.get(each) is not None]
    causes = [field_forbidden(f"{where}.{extra}", "may not specify more than 1 handler type") for extra in given[1:]]
    if not given:
        return [field_required(where, "must specify a handler type")]
    kind, own = given[0], handler[given[0]]
    field = f"{where}.{kind}"
    if kind == "exec" and not own.get("command"):
        causes.append(field_required(f"{field}.command"))
    elif kind == "httpGet":
        causes += _request_causes(own, field)
    elif kind == "tcpSocket":
        causes += port_causes(f"{field}.port", own.get("port", 0))
    elif kind == "grpc":
        causes += between(f"{field}.port", own.get("port", 0), 1, 65535)
    elif kind == "sleep" and grace is not None and not 0 <= own.get("seconds", 0) <= grace:
        why = f"must be non-negative and less than terminationGracePeriodSeconds ({grace})"
        causes.append(field_invalid(field, own.get("seconds", 0), why))
    return causes


def _request_causes(request: _Container, where: str) -> list[Cause]:
    causes = [] if request.get("path") else [field_required(f"{where}.path")]
    causes += port_causes(f"{where}.port", request.get("port", 0))
    causes += one_of(f"{where}.scheme", request.get("scheme"), ("HTTP", "HTTPS"))
    names = [header.get("name", "") for header in list_at(request, "httpHeaders")]
    wrong = [name for name in names if not _HEADER.fullmatch(name)]
    return [*causes, *(field_invalid(f"{where}.httpHeaders", name, _HEADER_PROBLEM) for name in wrong)]
