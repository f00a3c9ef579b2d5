"""Which objects a request means: label and field selectors, the fields that each kind can be selected by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from kubex.core.exceptions import InvalidArgument
from kubex.core.selectors import FieldSelector, LabelSelector
from kubex.core.selectors._label_parser import LabelSyntaxError
from kubex.testing.failures import bad_request
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.selector_refusals import field_selector_refusal, label_selector_refusal
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject

__all__ = ["Selection"]

_METADATA: Final = ("metadata.name", "metadata.namespace")

# Beyond name and namespace. Where several paths stand behind a name, the first one that has a value counts.
_FIELDS: Final[Mapping[tuple[str, str], Mapping[str, tuple[str, ...]]]] = {
    ("", "pods"): {
        name: (name,)
        for name in (
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName",
        )
    }
    | {"spec.host": ("spec.nodeName",), "status.podIPs": ()},  # the server never says what these addresses are
    ("", "events"): {
        **{
            f"involvedObject.{name}": (f"involvedObject.{name}", f"regarding.{name}")
            for name in ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")
        },
        "reason": ("reason",),
        "reportingComponent": ("reportingComponent", "reportingController"),
        "source": ("source.component", "reportingComponent"),
        "type": ("type",),
    },
    ("events.k8s.io", "events"): {
        **{
            f"regarding.{name}": (f"involvedObject.{name}", f"regarding.{name}")
            for name in ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")
        },
        "reason": ("reason",),
        "reportingController": ("reportingComponent", "reportingController"),
        "type": ("type",),
    },
    ("", "namespaces"): {"status.phase": ("status.phase",)},
    ("", "nodes"): {"spec.unschedulable": ("spec.unschedulable",)},
    ("", "secrets"): {"type": ("type",)},
    ("", "services"): {"spec.clusterIP": ("spec.clusterIP",), "spec.type": ("spec.type",)},
    ("", "replicationcontrollers"): {"status.replicas": ("status.replicas",)},
    ("batch", "jobs"): {"status.successful": ("status.succeeded",)},
    ("certificates.k8s.io", "certificatesigningrequests"): {"spec.signerName": ("spec.signerName",)},
    ("resource.k8s.io", "resourceslices"): {"spec.driver": ("spec.driver",), "spec.nodeName": ("spec.nodeName",)},
}
# Of resources that know their fields themselves, and no namespace.
_WITHOUT_NAMESPACE: Final = frozenset(
    {
        ("", "namespaces"),
        ("", "nodes"),
        ("certificates.k8s.io", "certificatesigningrequests"),
        ("resource.k8s.io", "resourceslices"),
    }
)
_FALSE_WHERE_ABSENT: Final = frozenset({"spec.hostNetwork", "spec.unschedulable"})
_ZERO_WHERE_ABSENT: Final = frozenset({"status.replicas", "status.successful"})


class Selection:
    """Selectors of a request.

    Args:
        resource: whose objects are meant.
        labels: label selector, as the query has it.
        fields: field selector, as the query has it.
        check: of the request's other parameters: after how the selectors are written, before what fields they name.

    Raises:
        ApiFailure: no selectors, or fields that objects of this resource can't be selected by (400).
    """

    def __init__(self, resource: Resource, labels: str, fields: str, check: Callable[[], None]) -> None:
        self.is_empty: bool = not labels and not fields
        self._labels = _label_selector(labels) if labels else None
        self._fields = _field_selector(fields) if fields else None
        check()
        requirements = self._fields.requirements if self._fields is not None else ()
        self._read = {each.field: _reader(resource, each.field) for each in requirements}

    def matches(self, object_: JsonObject) -> bool:
        """Say whether an object is meant."""
        if self._labels is not None and not self._labels.matches(object_at(object_, "metadata").get("labels")):
            return False
        if self._fields is None:
            return True
        return self._fields.matches({name: read(object_) for name, read in self._read.items()})

    def only_name(self) -> str | None:
        """Give the name that the only object must have, if the selectors fix it."""
        if self._fields is None:
            return None
        for requirement in self._fields.requirements:
            if requirement.field == "metadata.name" and not requirement.negated:
                return requirement.value
        return None


def _reader(resource: Resource, name: str) -> Callable[[JsonObject], str]:
    which = (resource.name.group, resource.name.plural)
    known = _FIELDS.get(which, {})
    if resource.custom is not None:
        known = {path.lstrip("."): (path.lstrip("."),) for path in resource.custom.selectable_fields}
    common = _METADATA[:1] if which in _WITHOUT_NAMESPACE else _METADATA
    paths = (name,) if name in common else known.get(name)
    if paths is None:
        raise bad_request(_unknown_field(resource, name))
    absent = "false" if name in _FALSE_WHERE_ABSENT else "0" if name in _ZERO_WHERE_ABSENT else ""
    split = [tuple[str, ...](path.split(".")) for path in paths]

    def read(object_: JsonObject) -> str:
        for tokens in split:
            value = _value(object_, tokens)
            if value not in (None, ""):
                return _text(value)
        return absent

    return read


def _unknown_field(resource: Resource, name: str) -> str:
    if (resource.name.group, resource.name.plural) == ("batch", "jobs"):
        return f'field label "{name}" not supported for Job'
    if resource.kind == "ResourceSlice":
        return f"field label not supported for {resource.api_version}, Kind=ResourceSlice: {name}"
    if resource.custom is not None or (resource.name.group, resource.name.plural) in _FIELDS:
        return f"field label not supported: {name}"
    return f'"{name}" is not a known field selector: only "metadata.name", "metadata.namespace"'


def _value(object_: Any, tokens: Sequence[str]) -> Any:
    for token in tokens:
        object_ = object_.get(token) if isinstance(object_, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return object_  # pyright: ignore[reportUnknownVariableType]  # any JSON value


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _label_selector(text: str) -> LabelSelector:
    try:
        return LabelSelector.parse(text)
    except LabelSyntaxError as error:
        raise bad_request(label_selector_refusal(error)) from None


def _field_selector(text: str) -> FieldSelector:
    try:
        return FieldSelector.parse(text)
    except InvalidArgument:
        raise bad_request(field_selector_refusal(text)) from None
