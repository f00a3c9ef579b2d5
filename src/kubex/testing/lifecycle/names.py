"""The rules for names, labels, annotations and the rest of `metadata`, and the words for what breaks them.

https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeAlias

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, ResourceName, field_forbidden, field_invalid, field_required, field_too_long
from kubex.testing.lifecycle.ip_texts import address_problems
from kubex.testing.lifecycle.json_members import list_at, object_at

__all__ = [
    "STANDARD_FINALIZERS",
    "Problems",
    "dns_label_problems",
    "dns_subdomain_problems",
    "finalizer_causes",
    "generated_name",
    "label_key_problems",
    "label_value_problems",
    "metadata_causes",
    "name_problems",
    "path_segment_problems",
    "qualified_name_problems",
    "service_name_problems",
    "underscored_subdomain_problems",
]

Problems: TypeAlias = Sequence[str]
"""What is wrong with a text; empty where nothing is. Most of it is kept for the next time: no one changes it."""

STANDARD_FINALIZERS: Final = frozenset({"orphan", "foregroundDeletion", "kubernetes"})
"""Those that need no prefix."""
# Those of k8s.io/apimachinery: no vowels and no digits that look like letters.
_ALPHABET: Final = "bcdfghjklmnpqrstvwxz2456789"
_LONGEST_GENERATED: Final = 63
_GENERATED: Final = 5
_REMEMBERED: Final = 8192
_LONGEST_ANNOTATIONS: Final = 256 * 1024

_LABEL: Final = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN: Final = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_UNDERSCORED: Final = re.compile(r"_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*")
_SERVICE: Final = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_QUALIFIED: Final = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_VALUE: Final = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")

_LABEL_PROBLEM: Final = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_SUBDOMAIN_PROBLEM: Final = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_UNDERSCORED_PROBLEM: Final = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must "
    "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')"
)
_SERVICE_PROBLEM: Final = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    "and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
    "'[a-z]([-a-z0-9]*[a-z0-9])?')"
)
_QUALIFIED_PROBLEM: Final = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_VALUE_PROBLEM: Final = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)


def _too_long(limit: int, unit: str = "bytes") -> str:
    return f"must be no more than {limit} {unit}"


@lru_cache(maxsize=_REMEMBERED)
def dns_label_problems(text: str) -> Problems:
    """Say what keeps a text from being a DNS label (RFC 1123)."""
    if "." in text and _SUBDOMAIN.fullmatch(text):
        return ["must not contain dots", *([_too_long(63, "characters")] if len(text) > 63 else [])]
    return _problems(text, 63, _LABEL, _LABEL_PROBLEM, "characters")


@lru_cache(maxsize=_REMEMBERED)
def dns_subdomain_problems(text: str) -> Problems:
    """Say what keeps a text from being a DNS subdomain (RFC 1123)."""
    return _problems(text, 253, _SUBDOMAIN, _SUBDOMAIN_PROBLEM, "characters")


def underscored_subdomain_problems(text: str) -> Problems:
    """Say what keeps a text from being a DNS subdomain that may have underscores."""
    return _problems(text, 253, _UNDERSCORED, _UNDERSCORED_PROBLEM, "characters")


def service_name_problems(text: str) -> Problems:
    """Say what keeps a text from being a service's name (RFC 1035)."""
    return _problems(text, 63, _SERVICE, _SERVICE_PROBLEM, "characters")


@lru_cache(maxsize=_REMEMBERED)
def label_value_problems(text: str) -> Problems:
    """Say what keeps a text from being a label's value."""
    return _problems(text, 63, _VALUE, _VALUE_PROBLEM)


@lru_cache(maxsize=_REMEMBERED)
def qualified_name_problems(text: str) -> Problems:
    """Say what keeps a text from being the key of a label or annotation."""
    prefix, slash, name = text.rpartition("/")
    if "/" in prefix:
        return [
            f"a qualified name {_QUALIFIED_PROBLEM.removeprefix('name part ')} with an optional DNS subdomain "
            "prefix and '/' (e.g. 'example.com/MyName')"
        ]
    problems: list[str] = []
    if slash:
        problems = (
            [f"prefix part {each}" for each in dns_subdomain_problems(prefix)]
            if prefix
            else ["prefix part must be non-empty"]
        )
    if not name:
        problems.append("name part must be non-empty")
    elif len(name) > 63:
        problems.append(f"name part {_too_long(63)}")
    if not _QUALIFIED.fullmatch(name):
        problems.append(_QUALIFIED_PROBLEM)
    return problems


@lru_cache(maxsize=_REMEMBERED)
def label_key_problems(text: str) -> Problems:
    """Say what keeps a text from being the key of a label: the same as of a qualified name, in other words."""
    if text.count("/") > 1:
        return [
            each.replace("a qualified name must", "a valid label key must", 1) for each in qualified_name_problems(text)
        ]
    return qualified_name_problems(text)


def _problems(text: str, limit: int, pattern: re.Pattern[str], problem: str, unit: str = "bytes") -> Problems:
    problems = [_too_long(limit, unit)] if len(text.encode()) > limit else []
    return problems if pattern.fullmatch(text) else [*problems, problem]


@lru_cache(maxsize=_REMEMBERED)
def path_segment_problems(text: str) -> Problems:
    """Say what keeps a text from being a part of a path."""
    if text in (".", ".."):
        return [f"may not be '{text}'"]
    return [f"may not contain '{each}'" for each in ("/", "%") if each in text]


_NAME_RULES: Final[Mapping[tuple[str, str], Callable[[str], Problems]]] = {
    ("", "Namespace"): dns_label_problems,
    ("", "ReplicationController"): lambda text: _problems(text, 253, _SUBDOMAIN, _SUBDOMAIN_PROBLEM),
    ("", "Service"): service_name_problems,
    ("apps", "StatefulSet"): dns_label_problems,
    ("", "Event"): path_segment_problems,
    ("apiregistration.k8s.io", "APIService"): path_segment_problems,  # its own rules say more
    ("certificates.k8s.io", "CertificateSigningRequest"): path_segment_problems,
    ("networking.k8s.io", "IPAddress"): address_problems,
    ("policy", "PodDisruptionBudget"): path_segment_problems,
    ("rbac.authorization.k8s.io", "Role"): path_segment_problems,
    ("rbac.authorization.k8s.io", "RoleBinding"): path_segment_problems,
    ("rbac.authorization.k8s.io", "ClusterRole"): path_segment_problems,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): path_segment_problems,
}


def name_problems(resource: ResourceName, text: str) -> Problems:
    """Say what keeps a text from being the name of an object of this resource."""
    return _NAME_RULES.get((resource.group, resource.kind), dns_subdomain_problems)(text)


def generated_name(prefix: str) -> str:
    """Make a name that begins with the prefix, or as much of it as leaves room."""
    number, suffix = secrets.randbelow(len(_ALPHABET) ** _GENERATED), ""
    for _ in range(_GENERATED):
        number, place = divmod(number, len(_ALPHABET))
        suffix += _ALPHABET[place]
    return prefix[: _LONGEST_GENERATED - _GENERATED] + suffix


def _name_like(resource: ResourceName, prefix: str) -> str:
    """Give a text that is a name where a prefix may begin one."""
    if _NAME_RULES.get((resource.group, resource.kind)) is path_segment_problems:
        return f"{prefix}a"
    # As the server has it: what stands before the last dash is not looked at.
    return f"{prefix[:-2]}a" if len(prefix) > 1 and prefix.endswith("-") else prefix


def metadata_causes(resource: ResourceName, metadata: Mapping[str, Any], *, namespaced: bool) -> list[Cause]:
    """Say what is wrong with an object's metadata, in the order of the server's own checks."""
    causes: list[Cause] = []
    prefix = metadata.get("generateName")
    if prefix and resource.kind != "ReplicationController":
        problems = name_problems(resource, _name_like(resource, prefix))
        causes += [field_invalid("metadata.generateName", prefix, each) for each in problems]
    name = metadata.get("name", "")
    if not name:
        causes.append(field_required("metadata.name", "name or generateName is required"))
    else:
        causes += [field_invalid("metadata.name", name, each) for each in name_problems(resource, name)]
    namespace = metadata.get("namespace", "")
    if namespaced and not namespace:
        causes.append(field_required("metadata.namespace"))
    elif namespaced:
        causes += [field_invalid("metadata.namespace", namespace, each) for each in dns_label_problems(namespace)]
    elif namespace:
        causes.append(field_forbidden("metadata.namespace", "not allowed on this type"))
    for member, problems_of in _METADATA_CAUSES:
        if metadata.get(member):
            causes += problems_of(metadata)
    return causes


def _labels_causes(metadata: Mapping[str, Any]) -> Iterator[Cause]:
    for label in sorted(object_at(metadata, "labels").items()):
        yield from _label_causes(*label)


@lru_cache(maxsize=_REMEMBERED)
def _label_causes(key: str, value: str) -> Sequence[Cause]:
    return [
        *(field_invalid("metadata.labels", key, problem) for problem in label_key_problems(key)),
        *(field_invalid("metadata.labels", value, problem) for problem in label_value_problems(value)),
    ]


def _annotations_causes(metadata: Mapping[str, Any]) -> Iterator[Cause]:
    annotations = object_at(metadata, "annotations")
    for key in sorted(annotations):
        for problem in qualified_name_problems(key.lower()):
            yield field_invalid("metadata.annotations", key, problem)
    size = sum(len(key.encode()) + len(value.encode()) for key, value in annotations.items())
    if size > _LONGEST_ANNOTATIONS:
        yield field_too_long("metadata.annotations", _LONGEST_ANNOTATIONS)


def _owners_causes(metadata: Mapping[str, Any]) -> Iterator[Cause]:
    controllers: list[str] = []
    for owner in list_at(metadata, "ownerReferences"):
        version: str = owner.get("apiVersion", "")
        if not version or version.count("/") > 1 or version.endswith("/"):
            yield field_invalid("metadata.ownerReferences.apiVersion", version, "version must not be empty")
        for name in ("kind", "name", "uid"):
            if not owner.get(name):
                yield field_invalid(f"metadata.ownerReferences.{name}", "", "must not be empty")
        if (version, owner.get("kind")) == ("v1", "Event"):
            why = "/v1, Kind=Event is disallowed from being an owner"
            yield Cause("FieldValueInvalid", f"Invalid value: {_shown_owner(owner)}: {why}", "metadata.ownerReferences")
        if owner.get("controller"):
            controllers.append(f"{owner.get('kind', '')}/{owner.get('name', '')}")
    if len(controllers) > 1:
        shown = ",".join(map(_shown_owner, list_at(metadata, "ownerReferences")))
        yield Cause(
            "FieldValueInvalid",
            f"Invalid value: [{shown}]: Only one reference can have Controller set "
            f'to true. Found "true" in references for {" and ".join(controllers[:2])}',
            "metadata.ownerReferences",
        )


def _shown_owner(owner: Mapping[str, Any]) -> str:
    """Write an owner as the server's messages do: its fields in the order of the type."""
    fields = ("apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion")
    return "{" + ",".join(f'"{name}":{go_json(owner[name])}' for name in fields if name in owner) + "}"


def _finalizers_causes(metadata: Mapping[str, Any]) -> Iterator[Cause]:
    finalizers: list[str] = list_at(metadata, "finalizers")
    for finalizer in finalizers:
        for problem in qualified_name_problems(finalizer):
            yield field_invalid("metadata.finalizers", finalizer, problem)
    if "orphan" in finalizers and "foregroundDeletion" in finalizers:
        why = "finalizer orphan and foregroundDeletion cannot be both set"
        yield Cause("FieldValueInvalid", f"Invalid value: {go_json(finalizers)}: {why}", "metadata.finalizers")
    for index, finalizer in enumerate(finalizers):
        yield from finalizer_causes(f"metadata.finalizers[{index}]", finalizer)


def finalizer_causes(field: str, name: str) -> list[Cause]:
    """A finalizer without a prefix is a standard one; that it is a name at all is another rule."""
    if "/" in name or name in STANDARD_FINALIZERS:
        return []
    return [field_invalid(field, name, "name is neither a standard finalizer name nor is it fully qualified")]


_METADATA_CAUSES: Final = (
    ("labels", _labels_causes),
    ("annotations", _annotations_causes),
    ("ownerReferences", _owners_causes),
    ("finalizers", _finalizers_causes),
)
